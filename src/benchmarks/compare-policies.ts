import { createRandom } from '../base/random.ts';
import { deriveSeed } from '../base/seeds.ts';
import { bootstrapMean } from '../base/statistics/bootstrap.ts';
import { adjustHolm } from '../base/statistics/holm.ts';
import { computeMcNemarP } from '../base/statistics/mcnemar.ts';
import { computeSignFlipP } from '../base/statistics/sign-flip.ts';
import type { AccuracyComparison, BenchmarkResult, EvaluationRecord } from '../schema/evaluation.ts';
import type { Prompt } from '../schema/prompt.ts';
import { createBootstrap } from './estimate-accuracy.ts';
import { examinePrompts, type Scoring, scorePolicy, shareRight } from './score-policy.ts';

/** One policy's records of a benchmark. */
export interface PolicyAnswers {
  policy: { name: string };
  records: readonly EvaluationRecord[];
}

/** An answer as comparisons see it; the answers of two policies to one prompt are a pair. */
type Verdict = Pick<EvaluationRecord, 'promptId' | 'isCorrect'>;

/** A comparison, but for the names of those compared and for those it is reported with. */
export type PairedDifference = Omit<AccuracyComparison, 'policy' | 'against' | 'adjustedP'>;

/** What each policy achieved on a benchmark, and each compared with the one before it. */
export function comparePolicies(
  examination: Scoring,
  prompts: readonly Prompt[],
  answers: readonly PolicyAnswers[],
): BenchmarkResult {
  const scores = answers.map(({ policy, records }) => [policy.name, scorePolicy(examination, prompts, records)]);
  const figures = answers.map(({ records }) => comparedFigures(examination, prompts, records));
  const comparisons = answers.slice(1).flatMap(({ policy }, index) =>
    [...figures[index + 1]].flatMap(([of, shares]) => {
      const before = figures[index].get(of);
      if (before === undefined) return [];
      const compared = compareShares(before, shares);
      const pair = { policy: policy.name, against: answers[index].policy.name };
      return [{ ...pair, ...(of !== ACCURACY && { of }), ...compared, adjustedP: compared.p }];
    }),
  );
  return { policies: Object.fromEntries(scores), ...adjustComparisons({ comparisons }) };
}

const ACCURACY = 'accuracy';

/** What policies are compared on, each unit's share: accuracy by prompt, and the rows of a benchmark's own tables. */
function comparedFigures(
  { counts, tabulate }: Scoring,
  prompts: readonly Prompt[],
  records: readonly EvaluationRecord[],
): Map<string, ReadonlyMap<string, number>> {
  const examined = examinePrompts(prompts, records);
  const counted = counts ? examined.filter(({ prompt }) => counts(prompt)) : examined;
  const tables = tabulate?.(examined).filter(({ isCompared }) => isCompared) ?? [];
  const accuracy = sharesOf(counted.flatMap(({ gradings }) => gradings));
  return new Map([[ACCURACY, accuracy], ...tables.flatMap(({ rows }) => Object.entries(rows))]);
}

/** Comparisons of several benchmarks that are reported together, each with its p-value by Holm over them all. */
export function adjustTogether(results: Record<string, BenchmarkResult>): Record<string, BenchmarkResult> {
  const together = adjustComparisons({ comparisons: Object.values(results).flatMap(({ comparisons }) => comparisons) });
  const left = [...together.comparisons];
  return Object.fromEntries(
    Object.entries(results).map(([name, result]) => [
      name,
      { ...result, comparisons: left.splice(0, result.comparisons.length) },
    ]),
  );
}

function adjustComparisons({
  comparisons,
}: Pick<BenchmarkResult, 'comparisons'>): Pick<BenchmarkResult, 'comparisons'> {
  const adjusted = adjustHolm(comparisons.map(({ p }) => p));
  return { comparisons: comparisons.map((comparison, at) => ({ ...comparison, adjustedP: adjusted[at] })) };
}

/** Two policies compared on the prompts that both answered; `difference` is `after` minus `before`. */
export const compareAccuracy = (before: readonly Verdict[], after: readonly Verdict[]): PairedDifference =>
  compareShares(sharesOf(before), sharesOf(after));

/** Shares of the same units compared, of those that both have. */
function compareShares(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): PairedDifference {
  const pairs = [...after].flatMap(([unit, share]) => {
    const shareBefore = before.get(unit);
    return shareBefore === undefined ? [] : [{ before: shareBefore, after: share }];
  });
  const differences = pairs.map((pair) => pair.after - pair.before);
  const { mean: difference, low, high } = bootstrapMean(differences, createBootstrap(pairs.length));
  const areVerdicts = pairs.every((pair) => [pair.before, pair.after].every((share) => share === 0 || share === 1));
  return { difference, low, high, ...(areVerdicts ? testVerdicts(differences) : testShares(differences)) };
}

function sharesOf(records: readonly Verdict[]): Map<string, number> {
  const groups = Map.groupBy(records, ({ promptId }) => promptId);
  return new Map([...groups].map(([promptId, gradings]) => [promptId, shareRight({ gradings })]));
}

function testVerdicts(differences: readonly number[]): Pick<PairedDifference, 'test' | 'p'> {
  const count = (sign: number) => differences.filter((difference) => difference === sign).length;
  return { test: 'mcnemar', p: computeMcNemarP(count(1), count(-1)) };
}

function testShares(differences: readonly number[]): Pick<PairedDifference, 'test' | 'p'> {
  const random = createRandom(deriveSeed('sign-flip', differences.length));
  return { test: 'sign-flip', p: computeSignFlipP(differences, random) };
}
