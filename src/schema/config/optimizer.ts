import { z } from 'zod';
import { ChoiceOptions } from './choice.ts';

/** How a training stage changes weights. */
export const OptimizerConfig = z.strictObject({
  name: z.string().default('adamw'),
  options: ChoiceOptions.describe("the optimizer's own knobs"),
  learningRate: z.number().positive(),
  schedule: z.enum(['constant', 'cosine']).default('constant').describe('after warm-up'),
  warmupFraction: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('share of all steps spent rising linearly to learningRate'),
  maxGradNorm: z.number().positive().default(1).describe('global-norm clip'),
  maxSkippedSteps: z
    .int()
    .nonnegative()
    .optional()
    .describe('in a row, of a loss or gradient that is not finite; one more ends the run; 3 when absent'),
});
export type OptimizerConfig = z.infer<typeof OptimizerConfig>;
