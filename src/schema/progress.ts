import { z } from 'zod';

/** One line of a job's or stage's progress, on standard output as JSON behind `@progress `. */
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
