import { z } from 'zod';
import { choiceField } from './choice.ts';
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
  algorithm: choiceField('grpo')
    .prefault({})
    .describe('by what trajectories are learned from: its name, or its name and options'),
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
