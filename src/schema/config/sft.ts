import { z } from 'zod';
import { OptimizerConfig } from './optimizer.ts';

/** Supervised fine-tuning on what the routes chose. */
export const SftConfig = z.strictObject({
  epochs: z.int().positive(),
  maxSteps: z
    .int()
    .positive()
    .optional()
    .describe('optimizer steps at most, whatever the epochs; no bound when absent'),
  sequencesPerStep: z.int().positive().default(32).describe('sequences per optimizer step'),
  microBatchSequences: z.int().positive().default(8),
  shares: z
    .strictObject({ 'self-distill': z.number().nonnegative(), expert: z.number().nonnegative() })
    .refine((shares) => Object.values(shares).some((share) => share > 0), 'leave at least one source a share')
    .optional()
    .describe('of examples by source, to each other: what a source has beyond its share is left out; all when absent'),
  order: z
    .enum(['shuffled', 'curriculum', 'self-distill-first', 'expert-first'])
    .default('shuffled')
    .describe('anew each epoch, or the same in each: by pass rate, the highest first, or by source'),
  examplesPerShard: z.int().positive().default(1000),
  optimizer: OptimizerConfig,
});
export type SftConfig = z.infer<typeof SftConfig>;

/** The length of SFT on so many examples: optimizer steps, and the sequences in all of them. */
export function measureSft(
  {
    epochs,
    maxSteps = Number.POSITIVE_INFINITY,
    sequencesPerStep,
  }: Pick<SftConfig, 'epochs' | 'maxSteps' | 'sequencesPerStep'>,
  examples: number,
): { steps: number; sequences: number } {
  const stepsPerEpoch = Math.ceil(examples / sequencesPerStep);
  const steps = Math.min(epochs * stepsPerEpoch, maxSteps);
  if (steps === 0) return { steps, sequences: 0 };
  // Only the last batch of an epoch may be smaller, and the bound cuts an epoch before it.
  const wholeEpochs = Math.floor(steps / stepsPerEpoch);
  return { steps, sequences: wholeEpochs * examples + (steps % stepsPerEpoch) * sequencesPerStep };
}
