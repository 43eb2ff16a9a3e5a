import { alignColumns, FIGURE, TEXT } from '../base/table.ts';
import type { Shortfall } from '../schema/decision.ts';
import { EVALUATED_POLICIES } from '../schema/evaluated-policies.ts';
import type { AccuracyEstimate, BenchmarkResult, PolicyScore, RunSummary } from '../schema/evaluation.ts';
import type { RouteCounts, WithoutExample } from '../schema/route.ts';
import type { SourceCounts } from '../schema/sft-example.ts';

/** What a report shows: everything in it is the same for the same config and seed. */
export interface ReportContent {
  runId: string;
  benchmarks: BenchmarkContent[];
  routes: RouteCounts;
  /** Prompts that needed an SFT example and have none; absent where nobody counted. */
  withoutExample?: WithoutExample;
  /** Absent where self-distillation gave as many examples as asked. */
  shortfall?: Shortfall;
  sftExamples: SourceCounts;
  /** In the order of the rollouts. */
  rewards: RolloutRewards[];
  /** Absent where no judge was paid. */
  judge?: RunSummary['judge'];
}

/** Means over the trajectories of a rollout. */
export interface RolloutRewards {
  /** `iteration-000003`, or `diagnosis`. */
  rollout: string;
  /** The weighted sum that RL learns from. */
  reward: number;
  /** Values of the rewards that it is of, by name, unweighted. */
  means: Readonly<Record<string, number>>;
}

/** What a report shows of one benchmark. */
export interface BenchmarkContent {
  name: string;
  title: string;
  /** Policies in the order of `EVALUATED_POLICIES`. */
  result: BenchmarkResult;
}

interface Table {
  title: string;
  header: string[];
  rows: string[][];
}

const LABELS = Object.fromEntries(EVALUATED_POLICIES.map(({ name, label }) => [name, label]));

/** The report for a terminal: columns aligned by spaces. */
export function renderText(content: ReportContent): string {
  return `Run ${content.runId}\n\n${buildTables(content).map(alignTable).join('\n')}`;
}

/** The report as Markdown. */
export function renderMarkdown(content: ReportContent): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  const tables = buildTables(content).map(
    ({ title, header, rows }) =>
      `## ${title}\n\n${row(header)}${row(header.map(() => '---'))}${rows.map(row).join('')}`,
  );
  return `# Run ${content.runId}\n\n${tables.join('\n')}`;
}

function alignTable({ title, header, rows }: Table): string {
  const lines = alignColumns([header, ...rows], [TEXT, FIGURE]).map((line) => `  ${line}\n`);
  return `${title}\n${lines.join('')}`;
}

function buildTables(content: ReportContent): Table[] {
  const { benchmarks, routes, withoutExample, shortfall, sftExamples, rewards, judge } = content;
  const measured = benchmarks.flatMap((benchmark) => {
    const about = benchmarks.length > 1 ? ` on ${benchmark.title}` : '';
    return [
      accuracyTable(benchmark),
      ...severalTable(benchmark, about),
      ...measureTable(benchmark, about),
      comparisonTable(benchmark, about),
      ...categoryTables(benchmark, about),
    ];
  });
  return [
    ...measured,
    dataTable(routes, sftExamples),
    ...lackTable(withoutExample),
    ...(shortfall ? [shortfallTable(shortfall)] : []),
    ...(rewards.length > 0 ? [rewardTable(rewards)] : []),
    ...(judge ? [judgeTable(judge)] : []),
  ];
}

function accuracyTable({ title, result }: BenchmarkContent): Table {
  const rows = Object.entries(result.policies).map(([policy, { accuracy, low, high, n, formatted, meanTokens }]) => {
    const interval = `${percent(low)} to ${percent(high)}`;
    return [LABELS[policy], percent(accuracy), interval, percent(formatted), meanTokens.toFixed(1), String(n)];
  });
  const header = ['policy', 'accuracy', '95% interval', 'formatted', 'tokens', 'prompts'];
  return { title: `Accuracy on ${title}`, header, rows };
}

/** What several answers a prompt tell; no table where each prompt has one. */
function severalTable({ result }: BenchmarkContent, about: string): Table[] {
  const rows = Object.entries(result.policies).flatMap(([policy, { several }]) => {
    if (!several) return [];
    const { passAt, majority, worst } = several;
    const shares = [...Object.values(passAt), majority.accuracy, worst.accuracy];
    return [{ ks: Object.keys(passAt), cells: [LABELS[policy], ...shares.map(percent)] }];
  });
  if (rows.length === 0) return [];
  const header = ['policy', ...rows[0].ks.map((k) => `pass at ${k}`), 'majority', 'all right'];
  return [{ title: `Several answers a prompt${about}`, header, rows: rows.map(({ cells }) => cells) }];
}

/** The benchmark's own figures; no table where it has none. */
function measureTable({ result }: BenchmarkContent, about: string): Table[] {
  const scores = Object.entries(result.policies);
  const names = Object.keys(scores[0]?.[1].measures ?? {});
  const rows = names.map((name) => [name, ...scores.map(([, { measures }]) => measures[name].toFixed(3))]);
  const header = ['figure', ...scores.map(([policy]) => LABELS[policy])];
  return rows.length === 0 ? [] : [{ title: `Figures of its own${about}`, header, rows }];
}

const TESTS = { mcnemar: 'McNemar', 'sign-flip': 'sign flips' } as const;

function comparisonTable({ result }: BenchmarkContent, about: string): Table {
  const rows = result.comparisons.map(({ policy, against, difference, low, high, test, p, adjustedP }) => [
    `${LABELS[policy]} over ${LABELS[against]}`,
    `${points(difference)} points`,
    `${points(low)} to ${points(high)}`,
    `${TESTS[test]} ${probability(p)}`,
    probability(adjustedP),
    describeDifference(difference, adjustedP),
  ]);
  const header = ['', 'difference', '95% interval', 'p', 'by Holm', ''];
  return { title: `Paired comparison${about}`, header, rows };
}

/** A difference in words, by its p-value among those it is reported with. */
function describeDifference(difference: number, adjustedP: number): string {
  if (adjustedP >= 0.05) return 'within noise';
  return difference > 0 ? 'better' : 'worse';
}

function categoryTables({ result }: BenchmarkContent, about: string): Table[] {
  const scores: [string, PolicyScore][] = Object.entries(result.policies);
  const tables = Object.keys(scores[0]?.[1].categories ?? {});
  return tables.map((table) => {
    const estimatesOf = (category: string) => scores.map(([, { categories }]) => categories[table][category]);
    const rows = Object.keys(scores[0][1].categories[table]).map((category) => {
      const estimates: AccuracyEstimate[] = estimatesOf(category);
      return [category, ...estimates.map(({ accuracy }) => percent(accuracy)), String(estimates[0].n)];
    });
    const header = [table, ...scores.map(([policy]) => LABELS[policy]), 'prompts'];
    return { title: `Accuracy by ${table}${about}`, header, rows };
  });
}

function dataTable(routes: RouteCounts, sftExamples: SourceCounts): Table {
  const rows = [
    ['mastered', String(routes.mastered), '0'],
    ['self-distill', String(routes.selfDistill), String(sftExamples.selfDistill)],
    ['expert', String(routes.expert), String(sftExamples.expert)],
  ];
  return { title: 'Diagnosis of the RL policy', header: ['route', 'prompts', 'SFT examples'], rows };
}

const REASONS = [
  ['notAsked', 'the expert was not asked: expert.maxConsultations'],
  ['unanswered', 'the expert had no answer'],
  ['wrong', "the expert's answer is not right"],
  ['unformatted', "the expert's answer lacks the format"],
] as const;

/** Prompts that needed an example and have none, by reason; no table where there are none. */
function lackTable(withoutExample: WithoutExample | undefined): Table[] {
  const rows = REASONS.filter(([reason]) => withoutExample?.[reason]).map(([reason, meaning]) => {
    return [meaning, String(withoutExample?.[reason])];
  });
  return rows.length === 0 ? [] : [{ title: 'Prompts without an SFT example', header: ['reason', 'prompts'], rows }];
}

const OUTCOMES: Record<keyof Shortfall['outcomes'], string> = {
  wrong: 'its answer is not right',
  'other-route': 'the prompt takes another route',
  'too-short': 'it has fewer tokens than diagnosis.selfDistill.minTokens',
  'too-long': 'it has more tokens than diagnosis.selfDistill.maxTokens',
  'low-reward': 'a reward is below diagnosis.selfDistill.minRewards',
  duplicate: 'another has the same text',
  truncated: 'it did not end by itself',
  unformatted: 'it lacks the format',
  'near-duplicate': 'another has nearly the same text',
  'beyond-max': 'there are enough',
};

/** What became of the trajectories of prompts that gave fewer examples than asked. */
function shortfallTable({ asked, prompts, empty, outcomes }: Shortfall): Table {
  const lacking = empty === 0 ? '' : `, ${empty} of them with none`;
  const title = `Self-distilled prompts with fewer than ${asked} examples: ${prompts}${lacking}`;
  const counts = Object.entries(outcomes) as [keyof Shortfall['outcomes'], number][];
  const rows = counts.map(([outcome, count]) => [OUTCOMES[outcome], String(count)]);
  return { title, header: ['why the rest is not learned', 'trajectories'], rows };
}

/** More rollouts than this are shown by so many, the first and the last among them. */
const SHOWN_ROLLOUTS = 12;

function rewardTable(rewards: readonly RolloutRewards[]): Table {
  const names = [...new Set(rewards.flatMap(({ means }) => Object.keys(means)))];
  const rows = pickEvenly(rewards, SHOWN_ROLLOUTS).map(({ rollout, reward, means }) => {
    const values = names.map((name) => means[name]?.toFixed(3) ?? '');
    return [rollout.replace(/^iteration-0*(?=\d)/, 'iteration '), reward.toFixed(3), ...values];
  });
  return { title: 'Mean rewards', header: ['rollout', 'reward', ...names], rows };
}

function pickEvenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]);
}

function judgeTable(judge: NonNullable<RunSummary['judge']>): Table {
  const { judgements, judgeInputTokens, judgeOutputTokens, judgeDollars } = judge;
  const cost = judgeDollars > 0 ? `$${judgeDollars.toFixed(2)}` : 'no price given';
  const counts = [judgements, judgeInputTokens, judgeOutputTokens].map(String);
  return { title: 'Judge', header: ['judgements', 'input tokens', 'output tokens', 'cost'], rows: [[...counts, cost]] };
}

const points = (difference: number) => `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1)}`;
const probability = (p: number) => (p < 0.0001 ? p.toExponential(1) : p.toFixed(4));
const percent = (fraction: number) => `${(100 * fraction).toFixed(1)}%`;
