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
export const AccuracyComparison = z.object({
  policy: z.string(),
  against: z.string().describe('the policy it is compared with'),
  difference: z.number().describe('of accuracies: of `policy` minus of `against`'),
  mcnemarP: z.number(),
});
export type AccuracyComparison = z.infer<typeof AccuracyComparison>;

/**
 * What a benchmark says of a run's policies.
 * @example {
 *   policies: { base: { accuracy: 0.462, low: 0.422, high: 0.502, n: 600 }, rl: { ... }, rise: { ... } },
 *   comparisons: [{ policy: 'rl', against: 'base', difference: 0.245, mcnemarP: 2.3e-31 }, ...]
 * }
 */
export const BenchmarkResult = z.object({
  policies: z.record(z.string(), AccuracyEstimate),
  comparisons: z.array(AccuracyComparison),
});
export type BenchmarkResult = z.infer<typeof BenchmarkResult>;

/** `runs/<runId>/summary.json`: what a run achieved. */
export const RunSummary = z.object({
  runId: z.string(),
  evaluation: z.record(z.string(), BenchmarkResult).describe('by benchmark'),
  routes: RouteCounts,
  judge: JudgeTotals.optional().describe('over all scoring of the run; absent where no judge was paid'),
  durationSeconds: z.number().nonnegative().describe('wall time from the first start to the report, pauses included'),
});
export type RunSummary = z.infer<typeof RunSummary>;
