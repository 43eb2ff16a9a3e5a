import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/** Machines, and how work is cut to fit them. */
export const ComputeConfig = z
  .strictObject({
    engine: z
      .enum(['traced', 'eager'])
      .default('traced')
      .describe('traced graphs in one session, or op by op: slower, the reference'),
    precision: z
      .enum(['auto', 'float32', 'bf16'])
      .default('auto')
      .describe(
        'of products of matrices, bf16 being for traced graphs; weights, moments and all else are float32. auto ' +
          "measures once, when the run first needs it, and takes bf16 where that is clearly faster: the run's choice " +
          'from then on',
      ),
    rolloutShards: z.int().min(1).max(10000).default(1).describe('parallel rollout jobs per iteration'),
    decodeBatchSequences: z
      .union([z.int().positive(), z.literal('auto')])
      .default(64)
      .describe(
        "sequences decoded together; auto: as many as rise plan finds room for on the stack's own instance types, a number " +
          'from when the run is launched',
      ),
    heartbeatSeconds: z.int().positive().default(600).describe('a job silent for longer is stopped as stalled'),
    checkpointSeconds: z
      .int()
      .nonnegative()
      .default(1800)
      .describe(
        'between two checkpoints of a training job, besides the one it writes when told to stop; 0 is each step',
      ),
    keepCheckpoints: z
      .union([z.literal('all'), z.int().positive()])
      .default('all')
      .describe(
        'of the RL policies, all or the last so many: an earlier one goes when nothing of the run needs it any more, and ' +
          'its record stays',
      ),
  })
  .refine(({ engine, precision }) => engine === 'traced' || precision !== 'bf16', {
    path: ['precision'],
    error: 'the eager engine computes in float32 alone; choose float32, auto or engine: traced',
  })
  .prefault({});
export type ComputeConfig = z.infer<typeof ComputeConfig>;

/** Sequences that a run decodes together. Throws `InvalidInputError` on `auto`, which launching a run makes a number of. */
export function slotsOf({ decodeBatchSequences }: Pick<ComputeConfig, 'decodeBatchSequences'>): number {
  if (decodeBatchSequences !== 'auto') return decodeBatchSequences;
  throw new InvalidInputError(
    'compute.decodeBatchSequences is auto in a run that was not launched; give the number that rise plan tells',
  );
}

/** What a run's products of matrices are computed in; undefined where that is to be measured. */
export function statedPrecision({
  engine,
  precision,
}: Pick<ComputeConfig, 'engine' | 'precision'>): 'float32' | 'bf16' | undefined {
  if (precision !== 'auto') return precision;
  return engine === 'eager' ? 'float32' : undefined;
}
