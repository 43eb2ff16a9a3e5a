import { z } from 'zod';
import { BUILT_IN_VERSIONS, gradeAnswer } from '../rewards/index.ts';
import type { Benchmark } from './benchmark.ts';

/** Prompts held out from training, graded by the accuracy reward. */
export const heldOut: Benchmark = {
  name: 'held-out',
  title: 'held-out prompts',
  version: '1',
  options: z.strictObject({}),
  create: (_, { gradeOptions }) => ({
    rewards: { accuracy: BUILT_IN_VERSIONS.accuracy },
    grade: (prompt, text) => {
      const { verdict, extracted } = gradeAnswer(prompt, text, gradeOptions);
      return { isCorrect: verdict === 'correct', answer: extracted };
    },
    categoriesOf: ({ tier = 'none' }) => ({ tier: [tier] }),
  }),
};
