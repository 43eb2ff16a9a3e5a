import { z } from 'zod';
import type { Reward } from '../reward.ts';
import { ACCURACY_VERSION, gradeAnswer } from './grade-answer.ts';

/** 1 for a right final answer, else 0; an undecided one earns nothing. */
export const accuracy: Reward = {
  name: 'accuracy',
  version: ACCURACY_VERSION,
  options: z.strictObject({}),
  create: () => ({
    score(prompt, { text }) {
      const { verdict, reason } = gradeAnswer(prompt, text);
      return { value: verdict === 'correct' ? 1 : 0, evidence: `${verdict}: ${reason}` };
    },
  }),
};
