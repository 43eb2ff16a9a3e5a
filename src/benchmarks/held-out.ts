import { z } from 'zod';
import type { Benchmark } from './benchmark.ts';
import { gradeByAccuracy } from './grade-by-accuracy.ts';

/** Prompts held out from training, graded by the accuracy reward. */
export const heldOut: Benchmark = {
  name: 'held-out',
  title: 'held-out prompts',
  version: '1',
  options: z.strictObject({}),
  create: (_, context) => ({
    ...gradeByAccuracy(context),
    categoriesOf: ({ tier = 'none' }) => ({ tier: [tier] }),
  }),
};
