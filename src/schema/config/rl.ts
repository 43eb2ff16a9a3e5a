import { z } from 'zod';
import { OptimizerConfig } from './optimizer.ts';

/** Reinforcement learning: rollouts, and what is learned from them. */
export const RlConfig = z.strictObject({
  iterations: z.int().nonnegative().describe('rollout -> train cycles; 0 skips RL'),
  promptsPerIteration: z.int().positive().describe('prompts sampled per iteration'),
  groupSize: z.int().min(2).describe('trajectories per prompt (G)'),
  stepsPerIteration: z.int().positive().default(1).describe('optimizer steps per rollout batch'),
  microBatchSequences: z
    .int()
    .positive()
    .default(8)
    .describe('sequences per forward pass; gradients accumulate over a step'),
  clipRatioLow: z.number().positive().default(0.2),
  clipRatioHigh: z.number().positive().default(0.28),
  klCoefficient: z
    .number()
    .nonnegative()
    .default(0)
    .describe('k3 penalty to the frozen base policy; 0 loads no reference'),
  advantageNormalization: z.enum(['std', 'none']).default('std').describe('none is Dr.GRPO'),
  pipelined: z
    .boolean()
    .default(false)
    .describe(
      'samples the next rollout while training on this one: both queues are busy at once, and each rollout is one ' +
        'policy older, which truncated importance sampling corrects',
    ),
  optimizer: OptimizerConfig,
});
export type RlConfig = z.infer<typeof RlConfig>;
