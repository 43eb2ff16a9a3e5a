import { z } from 'zod';
import { RunCost } from './budget.ts';
import { Shortfall } from './decision.ts';
import { ExpertCost, WithoutExample } from './expert-answer.ts';
import { RouteCounts } from './route.ts';
import { JudgeTotals } from './trajectory.ts';

/**
 * One answer of one policy to one evaluation prompt, with the verdict on it.
 * @example {
 *   promptId: 'difference-20567e47a7ad', tier: 'difference', answer: '3', isCorrect: true, isFormatted: true,
 *   text: '<think>red 6, green 3, 6 - 3 = 3.</think> <answer>\\boxed{3}</answer>', tokenCount: 27,
 * }
 */
export const EvaluationRecord = z.object({
  promptId: z.string(),
  sampleIndex: z.int().nonnegative().optional().describe('which of several answers to the prompt'),
  tier: z.string().optional(),
  answer: z.string().optional().describe('what was read as the final answer; absent where there was none'),
  isCorrect: z.boolean().describe("verdict of the benchmark's rules"),
  isFormatted: z.boolean().describe('the format reward held'),
  text: z.string(),
  tokenCount: z.int().nonnegative().describe('sampled tokens'),
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

/**
 * Share of right answers over `n` prompts with its 95% interval: Wilson's of one answer a prompt, of several the bootstrap over
 * prompts.
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
 * What several answers a prompt tell beyond their mean: that one of k is right (unbiased), that most agree on the right one, that
 * all are right.
 * @example {
 *   completionsPerPrompt: 4, passAt: { '1': 0.41, '2': 0.52, '4': 0.61 },
 *   majority: { accuracy: 0.46, low: 0.42, high: 0.5, n: 600 }, worst: { accuracy: 0.22, low: 0.19, high: 0.26, n: 600 },
 * }
 */
export const SeveralAnswers = z.object({
  completionsPerPrompt: z.int().min(2),
  passAt: z.record(z.string(), z.number()).describe('by k: 1, 2, 4, ... and all'),
  majority: AccuracyEstimate.describe('a tie counts by the share of it that is right'),
  worst: AccuracyEstimate.describe('prompts of which every answer is right'),
});
export type SeveralAnswers = z.infer<typeof SeveralAnswers>;

/**
 * What one policy achieved on a benchmark.
 * @example {
 *   accuracy: 0.908, low: 0.883, high: 0.929, n: 600, formatted: 1, meanTokens: 23.2,
 *   categories: { tier: { sum: { accuracy: 0.936, low: 0.882, high: 0.967, n: 140 } } }, measures: {},
 * }
 */
export const PolicyScore = AccuracyEstimate.extend({
  formatted: z.number().describe('share of answers in the format'),
  meanTokens: z.number().describe('sampled tokens an answer'),
  several: SeveralAnswers.optional(),
  categories: z.record(z.string(), z.record(z.string(), AccuracyEstimate)).describe('by table, by category'),
  measures: z.record(z.string(), z.number()).describe("the benchmark's own figures, by name"),
  shares: z
    .record(z.string(), z.record(z.string(), AccuracyEstimate))
    .optional()
    .describe("the benchmark's own tables, by row: means over units of its own, e.g. problems (docs/cogmath.md)"),
  judge: JudgeTotals.optional().describe('what a language model that read answers took; absent where rules did'),
});
export type PolicyScore = z.infer<typeof PolicyScore>;

/**
 * Two policies on the same prompts: the difference of their accuracies with its 95% interval (bootstrap over prompts), and the
 * two-sided p-value that it is chance: McNemar's exact test of one answer a prompt, signs flipped of several.
 * @example {
 *   policy: 'rl', against: 'base', difference: 0.245, low: 0.208, high: 0.282, test: 'mcnemar', p: 2.26e-31,
 *   adjustedP: 4.52e-31,
 * }
 */
export const AccuracyComparison = z.object({
  policy: z.string(),
  against: z.string().describe('the policy it is compared with'),
  of: z.string().optional().describe("a row of the benchmark's own tables; accuracy when absent"),
  difference: z.number().describe('of accuracies, or of what `of` names: of `policy` minus of `against`'),
  low: z.number(),
  high: z.number(),
  test: z.enum(['mcnemar', 'sign-flip']),
  p: z.number(),
  adjustedP: z.number().describe('by Holm over all comparisons that are reported together'),
});
export type AccuracyComparison = z.infer<typeof AccuracyComparison>;

/**
 * What a benchmark says of a run's policies.
 * @example {
 *   policies: {
 *     base: {
 *       accuracy: 0.462, low: 0.422, high: 0.502, n: 600, formatted: 0.94, meanTokens: 15.4, categories: {}, measures: {},
 *     },
 *     rl: {
 *       accuracy: 0.707, low: 0.669, high: 0.742, n: 600, formatted: 0.983, meanTokens: 20, categories: {}, measures: {},
 *     },
 *   },
 *   comparisons: [
 *     {
 *       policy: 'rl', against: 'base', difference: 0.245, low: 0.208, high: 0.282, test: 'mcnemar', p: 2.26e-31,
 *       adjustedP: 4.52e-31,
 *     },
 *   ],
 * }
 */
export const BenchmarkResult = z.object({
  policies: z.record(z.string(), PolicyScore),
  comparisons: z.array(AccuracyComparison),
});
export type BenchmarkResult = z.infer<typeof BenchmarkResult>;

/**
 * What the policy after an iteration of RL was measured to be: the summary of that evaluation's manifest.
 * @example {
 *   prompts: 600, correct: 424, formatted: 590, precision: 'float32',
 *   figures: { accuracy: { accuracy: 0.707, low: 0.669, high: 0.742, n: 600 } },
 * }
 */
export const IterationMeasurement = z.object({
  prompts: z.int().nonnegative().describe('answers, as all counts here'),
  correct: z.int().nonnegative(),
  formatted: z.int().nonnegative(),
  precision: z.enum(['float32', 'bf16']),
  figures: z.record(z.string(), AccuracyEstimate).describe('that a policy can be chosen by'),
});
export type IterationMeasurement = z.infer<typeof IterationMeasurement>;

/**
 * How the RL policy came on while it learned, and which one is best.
 * @example {
 *   benchmark: 'held-out', figure: 'accuracy',
 *   measured: [
 *     { iteration: 4, accuracy: 0.712, low: 0.674, high: 0.747, n: 600 },
 *     { iteration: 6, accuracy: 0.707, low: 0.669, high: 0.742, n: 600 },
 *   ],
 *   best: 4, goesOn: 'last',
 *   bestOverLast: { difference: 0.005, low: -0.012, high: 0.022, test: 'mcnemar', p: 0.66 },
 * }
 */
export const RlCourse = z.object({
  benchmark: z.string(),
  figure: z.string().describe('that the best has the highest of'),
  measured: z.array(AccuracyEstimate.extend({ iteration: z.int().positive().describe('iterations trained') })),
  best: z.int().positive().describe('iterations trained in the best policy'),
  goesOn: z.enum(['last', 'best']).describe('which was diagnosed, and is reported as the RL policy'),
  bestOverLast: AccuracyComparison.omit({ policy: true, against: true, adjustedP: true })
    .optional()
    .describe('accuracies on the prompts that chose, so in favour of the best; absent where the last is the best'),
});
export type RlCourse = z.infer<typeof RlCourse>;

/**
 * `runs/<runId>/summary.json`: what a run achieved.
 * @example {
 *   runId: 'tiny-ea66957b',
 *   evaluation: {
 *     'held-out': {
 *       policies: {
 *         base: {
 *           accuracy: 0.462, low: 0.422, high: 0.502, n: 600, formatted: 0.94, meanTokens: 15.4, categories: {}, measures: {},
 *         },
 *       },
 *       comparisons: [],
 *     },
 *   },
 *   routes: { mastered: 381, selfDistill: 253, expert: 206 }, durationSeconds: 51.6,
 *   cost: { total: { usd: 0, hours: 0.0118 }, stages: { rollout: { usd: 0, hours: 0.0029 } } },
 * }
 */
export const RunSummary = z.object({
  runId: z.string(),
  evaluation: z.record(z.string(), BenchmarkResult).describe('by benchmark'),
  duringRl: RlCourse.optional().describe('absent where the RL policy was not measured while it learned'),
  routes: RouteCounts,
  withoutExample: WithoutExample.optional().describe('prompts that needed an SFT example and have none'),
  shortfall: Shortfall.optional().describe(
    'why self-distillation gave fewer examples than asked; absent where it did not',
  ),
  judge: JudgeTotals.optional().describe('over all scoring of the run; absent where no judge was paid'),
  expert: ExpertCost.optional().describe('absent where no expert was asked: the answers were there'),
  taken: z
    .record(z.string(), z.int().positive())
    .optional()
    .describe('pieces of work that the run took from earlier runs instead of doing them, by run'),
  durationSeconds: z.number().nonnegative().describe('wall time from the first start to the report, pauses included'),
  cost: RunCost.optional().describe('of all attempts; absent in runs of the code before'),
});
export type RunSummary = z.infer<typeof RunSummary>;
