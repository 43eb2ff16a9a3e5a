import { z } from 'zod';
import { RouteCounts } from './route.ts';
import { JudgeTotals } from './trajectory.ts';

/** One evaluation prompt answered by one policy. */
export const EvaluationRecord = z.object({
  promptId: z.string(),
  tier: z.string().optional(),
  isCorrect: z.boolean().describe('verdict of the accuracy reward'),
  isFormatted: z.boolean().describe('the format reward held'),
  text: z.string(),
  tokenCount: z.int().nonnegative().describe('sampled tokens'),
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

/** Accuracy of one policy over `n` prompts, with its 95% Wilson interval. */
export const AccuracyEstimate = z.object({
  accuracy: z.number(),
  low: z.number(),
  high: z.number(),
  n: z.int().nonnegative(),
});
export type AccuracyEstimate = z.infer<typeof AccuracyEstimate>;

/** Two policies on the same prompts: difference of accuracies, and the exact two-sided McNemar p-value. */
export const AccuracyComparison = z.object({ difference: z.number(), mcnemarP: z.number() });
export type AccuracyComparison = z.infer<typeof AccuracyComparison>;

/** `runs/<runId>/summary.json`: what a run achieved. */
export const RunSummary = z.object({
  runId: z.string(),
  evaluation: z.object({
    base: AccuracyEstimate,
    rl: AccuracyEstimate,
    rise: AccuracyEstimate,
    rlVsBase: AccuracyComparison,
    riseVsRl: AccuracyComparison,
  }),
  routes: RouteCounts,
  judge: JudgeTotals.optional().describe('over all scoring of the run; absent where no judge was paid'),
  durationSeconds: z.number().nonnegative().describe('wall time from the first start to the report, pauses included'),
});
export type RunSummary = z.infer<typeof RunSummary>;
