import { z } from 'zod';
import { RouteCounts, WithoutExample } from './route.ts';
import { JudgeTotals } from './trajectory.ts';

/**
 * One evaluation prompt answered by one policy.
 * @example {
 *   promptId: 'difference-20567e47a7ad', tier: 'difference', isCorrect: true, isFormatted: true,
 *   text: '<think>red 6, green 3, 6 - 3 = 3.</think> <answer>\\boxed{3}</answer>', tokenCount: 27,
 * }
 */
export const EvaluationRecord = z.object({
  promptId: z.string(),
  tier: z.string().optional(),
  isCorrect: z.boolean().describe('verdict of the accuracy reward'),
  isFormatted: z.boolean().describe('the format reward held'),
  text: z.string(),
  tokenCount: z.int().nonnegative().describe('sampled tokens'),
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

/**
 * Accuracy of one policy over `n` prompts, with its 95% Wilson interval.
 * @example { accuracy: 0.908, low: 0.883, high: 0.929, n: 600 }
 */
export const AccuracyEstimate = z.object({
  accuracy: z.number(),
  low: z.number(),
  high: z.number(),
  n: z.int().nonnegative(),
});
export type AccuracyEstimate = z.infer<typeof AccuracyEstimate>;

/**
 * Two policies on the same prompts: difference of accuracies, and the exact two-sided McNemar p-value.
 * @example { policy: 'rl', against: 'base', difference: 0.245, mcnemarP: 2.26e-31 }
 */
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
 *   policies: {
 *     base: { accuracy: 0.462, low: 0.422, high: 0.502, n: 600 },
 *     rl: { accuracy: 0.707, low: 0.669, high: 0.742, n: 600 },
 *     rise: { accuracy: 0.908, low: 0.883, high: 0.929, n: 600 },
 *   },
 *   comparisons: [
 *     { policy: 'rl', against: 'base', difference: 0.245, mcnemarP: 2.26e-31 },
 *     { policy: 'rise', against: 'rl', difference: 0.202, mcnemarP: 6.31e-23 },
 *   ],
 * }
 */
export const BenchmarkResult = z.object({
  policies: z.record(z.string(), AccuracyEstimate),
  comparisons: z.array(AccuracyComparison),
});
export type BenchmarkResult = z.infer<typeof BenchmarkResult>;

/**
 * `runs/<runId>/summary.json`: what a run achieved.
 * @example {
 *   runId: 'tiny-ea66957b',
 *   evaluation: {
 *     'held-out': {
 *       policies: {
 *         base: { accuracy: 0.462, low: 0.422, high: 0.502, n: 600 },
 *         rl: { accuracy: 0.707, low: 0.669, high: 0.742, n: 600 },
 *         rise: { accuracy: 0.908, low: 0.883, high: 0.929, n: 600 },
 *       },
 *       comparisons: [
 *         { policy: 'rl', against: 'base', difference: 0.245, mcnemarP: 2.26e-31 },
 *         { policy: 'rise', against: 'rl', difference: 0.202, mcnemarP: 6.31e-23 },
 *       ],
 *     },
 *   },
 *   routes: { mastered: 381, selfDistill: 253, expert: 206 }, durationSeconds: 51.6,
 * }
 */
export const RunSummary = z.object({
  runId: z.string(),
  evaluation: z.record(z.string(), BenchmarkResult).describe('by benchmark'),
  routes: RouteCounts,
  withoutExample: WithoutExample.optional().describe('prompts that needed an SFT example and have none'),
  judge: JudgeTotals.optional().describe('over all scoring of the run; absent where no judge was paid'),
  durationSeconds: z.number().nonnegative().describe('wall time from the first start to the report, pauses included'),
});
export type RunSummary = z.infer<typeof RunSummary>;
