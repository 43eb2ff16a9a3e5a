import { z } from 'zod';

/** How a training stage changes weights. */
export const OptimizerConfig = z.strictObject({
  learningRate: z.number().positive(),
  schedule: z.enum(['constant', 'cosine']).default('constant').describe('after warm-up'),
  warmupFraction: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('share of all steps spent rising linearly to learningRate'),
  weightDecay: z.number().nonnegative().default(0).describe('AdamW, decoupled; never on norms and biases'),
  beta1: z.number().min(0).max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.95),
  maxGradNorm: z.number().positive().default(1).describe('global-norm clip'),
});
export type OptimizerConfig = z.infer<typeof OptimizerConfig>;
