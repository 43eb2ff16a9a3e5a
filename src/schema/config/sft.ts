import { z } from 'zod';
import { OptimizerConfig } from './optimizer.ts';

/** Supervised fine-tuning on what the routes chose. */
export const SftConfig = z.strictObject({
  epochs: z.int().positive(),
  sequencesPerStep: z.int().positive().default(32).describe('sequences per optimizer step'),
  microBatchSequences: z.int().positive().default(8),
  examplesPerShard: z.int().positive().default(1000),
  optimizer: OptimizerConfig,
});
export type SftConfig = z.infer<typeof SftConfig>;
