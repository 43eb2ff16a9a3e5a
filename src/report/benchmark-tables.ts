import { alignColumns, FIGURE, TEXT } from '../base/table.ts';
import type { AccuracyEstimate, BenchmarkResult, PolicyScore } from '../schema/evaluation.ts';

/** What a report shows of one benchmark. */
export interface BenchmarkContent {
  name: string;
  title: string;
  /** Policies in the order of `EVALUATED_POLICIES`. */
  result: BenchmarkResult;
}

/** A table of a report. */
export interface Table {
  title: string;
  header: string[];
  rows: string[][];
}

/** A policy's name as reports write it. */
type LabelOf = (policy: string) => string;

/** Everything that is told of a benchmark. */
export function benchmarkTables(
  benchmark: BenchmarkContent,
  about: string,
  labels: Readonly<Record<string, string>> = {},
): Table[] {
  const labelOf: LabelOf = (policy) => labels[policy] ?? policy;
  return [
    accuracyTable(benchmark, labelOf),
    ...severalTable(benchmark, about, labelOf),
    ...measureTable(benchmark, about, labelOf),
    ...comparisonTable(benchmark, about, labelOf),
    ...shareTables(benchmark, about, labelOf),
    ...categoryTables(benchmark, about, labelOf),
  ];
}

/** A table for a terminal: columns aligned by spaces. */
export function alignTable({ title, header, rows }: Table): string {
  const lines = alignColumns([header, ...rows], [TEXT, FIGURE]).map((line) => `  ${line}\n`);
  return `${title}\n${lines.join('')}`;
}

function accuracyTable({ title, result }: BenchmarkContent, labelOf: LabelOf): Table {
  const rows = Object.entries(result.policies).map(([policy, { accuracy, low, high, n, formatted, meanTokens }]) => {
    const interval = `${percent(low)} to ${percent(high)}`;
    return [labelOf(policy), percent(accuracy), interval, percent(formatted), meanTokens.toFixed(1), String(n)];
  });
  const header = ['policy', 'accuracy', '95% interval', 'formatted', 'tokens', 'prompts'];
  return { title: `Accuracy on ${title}`, header, rows };
}

/** What several answers a prompt tell; no table where each prompt has one. */
function severalTable({ result }: BenchmarkContent, about: string, labelOf: LabelOf): Table[] {
  const rows = Object.entries(result.policies).flatMap(([policy, { several }]) => {
    if (!several) return [];
    const { passAt, majority, worst } = several;
    const shares = [...Object.values(passAt), majority.accuracy, worst.accuracy];
    return [{ ks: Object.keys(passAt), cells: [labelOf(policy), ...shares.map(percent)] }];
  });
  if (rows.length === 0) return [];
  const header = ['policy', ...rows[0].ks.map((k) => `pass at ${k}`), 'majority', 'all right'];
  return [{ title: `Several answers a prompt${about}`, header, rows: rows.map(({ cells }) => cells) }];
}

/** The benchmark's own figures; no table where it has none. */
function measureTable({ result }: BenchmarkContent, about: string, labelOf: LabelOf): Table[] {
  const scores = Object.entries(result.policies);
  const names = Object.keys(scores[0]?.[1].measures ?? {});
  const rows = names.map((name) => [name, ...scores.map(([, { measures }]) => measures[name].toFixed(3))]);
  const header = ['figure', ...scores.map(([policy]) => labelOf(policy))];
  return rows.length === 0 ? [] : [{ title: `Figures of its own${about}`, header, rows }];
}

export const TESTS = { mcnemar: 'McNemar', 'sign-flip': 'sign flips' } as const;

/** Each policy beside the one before it; no table where there is one alone. */
function comparisonTable({ result }: BenchmarkContent, about: string, labelOf: LabelOf): Table[] {
  const rows = result.comparisons.map(({ policy, against, of, difference, low, high, test, p, adjustedP }) => [
    `${labelOf(policy)} over ${labelOf(against)}${of === undefined ? '' : `: ${of}`}`,
    `${points(difference)} points`,
    `${points(low)} to ${points(high)}`,
    `${TESTS[test]} ${probability(p)}`,
    probability(adjustedP),
    describeDifference(difference, adjustedP),
  ]);
  const header = ['', 'difference', '95% interval', 'p', 'by Holm', ''];
  return rows.length === 0 ? [] : [{ title: `Paired comparison${about}`, header, rows }];
}

/** A difference in words, by its p-value among those it is reported with. */
export function describeDifference(difference: number, adjustedP: number): string {
  if (adjustedP >= 0.05) return 'within noise';
  return difference > 0 ? 'better' : 'worse';
}

/** Tables of the benchmark's own: each mean with its interval, policies side by side. */
function shareTables({ result }: BenchmarkContent, about: string, labelOf: LabelOf): Table[] {
  const scores = Object.entries(result.policies);
  const tables = Object.entries(scores[0]?.[1].shares ?? {});
  return tables.map(([table, ofFirst]) => {
    const rows = Object.entries(ofFirst).map(([row, { n }]) => {
      const cells = scores.map(([, { shares }]) => describeEstimate(shares?.[table]?.[row]));
      return [row, ...cells, String(n)];
    });
    const title = `${table[0].toUpperCase()}${table.slice(1)}${about}`;
    return { title, header: ['', ...scores.map(([policy]) => labelOf(policy)), 'of'], rows };
  });
}

const describeEstimate = (estimate: AccuracyEstimate | undefined) =>
  estimate === undefined
    ? '-'
    : `${percent(estimate.accuracy)} (${percent(estimate.low)} to ${percent(estimate.high)})`;

function categoryTables({ result }: BenchmarkContent, about: string, labelOf: LabelOf): Table[] {
  const scores: [string, PolicyScore][] = Object.entries(result.policies);
  const tables = Object.keys(scores[0]?.[1].categories ?? {});
  return tables.map((table) => {
    const estimatesOf = (category: string) => scores.map(([, { categories }]) => categories[table][category]);
    const rows = Object.keys(scores[0][1].categories[table]).map((category) => {
      const estimates: AccuracyEstimate[] = estimatesOf(category);
      return [category, ...estimates.map(({ accuracy }) => percent(accuracy)), String(estimates[0].n)];
    });
    const header = [table, ...scores.map(([policy]) => labelOf(policy)), 'prompts'];
    return { title: `Accuracy by ${table}${about}`, header, rows };
  });
}

export const points = (difference: number) => `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1)}`;
export const probability = (p: number) => (p < 0.0001 ? p.toExponential(1) : p.toFixed(4));
export const percent = (fraction: number) => `${(100 * fraction).toFixed(1)}%`;
