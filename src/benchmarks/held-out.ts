import { z } from 'zod';
import { BUILT_IN_VERSIONS, gradeAnswer, isFormatted } from '../rewards/index.ts';
import { compareAccuracy, estimateAccuracy } from './accuracy.ts';
import type { Benchmark } from './benchmark.ts';

/** Prompts held out from training, each answered once and graded by the accuracy and the format reward. */
export const heldOut: Benchmark = {
  name: 'held-out',
  title: 'held-out prompts',
  version: '1',
  options: z.strictObject({}),
  create: (_, { sampling, gradeOptions }) => ({
    completionsPerPrompt: 1,
    sampling,
    rewards: { accuracy: BUILT_IN_VERSIONS.accuracy, format: BUILT_IN_VERSIONS.format },
    grade: (prompt, { text, tokenIds }) => ({
      promptId: prompt.promptId,
      tier: prompt.tier,
      isCorrect: gradeAnswer(prompt, text, gradeOptions).verdict === 'correct',
      isFormatted: isFormatted(text),
      text,
      tokenCount: tokenIds.length,
    }),
    aggregate: estimateAccuracy,
    compare: compareAccuracy,
  }),
};
