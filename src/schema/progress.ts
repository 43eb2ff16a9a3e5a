import { z } from 'zod';

/**
 * One line of a job's or stage's progress, on standard output as JSON behind `@progress `.
 * @example {
 *   stage: 'train-sft', done: 7440, total: 7440, unit: 'sequences',
 *   metrics: {
 *     epoch: 15, 'job/attempt': 1, 'loss/sft': 0.00147, 'optimizer/gradNorm': 0.0279,
 *     'optimizer/learningRate': 5.29e-08, 'train/paddingFraction': 0.0331, 'train/tokensPerSecond': 4160,
 *   },
 * }
 */
export const Progress = z.object({
  stage: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  unit: z.string(),
  metrics: z.record(z.string(), z.number()).optional(),
});
export type Progress = z.infer<typeof Progress>;

/** How a stage reports progress; the caller prints it, forwards it, or lets it feed a heartbeat. */
export type ReportProgress = (progress: Progress) => void;
