import { alignColumns, FIGURE, TEXT } from '../base/table.ts';
import { estimateAccuracy } from '../benchmarks/accuracy.ts';
import type { PolicyAnswers } from '../benchmarks/compare-policies.ts';
import { EVALUATED_POLICIES } from '../schema/evaluated-policies.ts';
import type { BenchmarkResult, EvaluationRecord, RunSummary } from '../schema/evaluation.ts';
import type { RouteCounts, WithoutExample } from '../schema/route.ts';
import type { SourceCounts } from '../schema/sft-example.ts';

/** What a report shows: everything in it is the same for the same config and seed. */
export interface ReportContent {
  runId: string;
  benchmarks: BenchmarkContent[];
  routes: RouteCounts;
  /** Prompts that needed an SFT example and have none; absent where nobody counted. */
  withoutExample?: WithoutExample;
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
  result: BenchmarkResult;
  /** In the order of `EVALUATED_POLICIES`. */
  answers: PolicyAnswers[];
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
  const { benchmarks, routes, withoutExample, sftExamples, rewards, judge } = content;
  const measured = benchmarks.flatMap((benchmark) => {
    const about = benchmarks.length > 1 ? ` on ${benchmark.title}` : '';
    return [accuracyTable(benchmark), comparisonTable(benchmark, about), tierTable(benchmark, about)];
  });
  return [
    ...measured,
    dataTable(routes, sftExamples),
    ...lackTable(withoutExample),
    ...(rewards.length > 0 ? [rewardTable(rewards)] : []),
    ...(judge ? [judgeTable(judge)] : []),
  ];
}

function accuracyTable({ title, result, answers }: BenchmarkContent): Table {
  const rows = answers.map(({ policy, records }) => {
    const { accuracy, low, high, n } = result.policies[policy.name];
    const formatted = share(records.filter(({ isFormatted }) => isFormatted).length, n);
    const tokens = records.reduce((sum, { tokenCount }) => sum + tokenCount, 0) / Math.max(1, n);
    const interval = `${percent(low)} to ${percent(high)}`;
    return [policy.label, percent(accuracy), interval, percent(formatted), tokens.toFixed(1), String(n)];
  });
  const header = ['policy', 'accuracy', '95% interval', 'formatted', 'tokens', 'prompts'];
  return { title: `Accuracy on ${title}`, header, rows };
}

function comparisonTable({ result }: BenchmarkContent, about: string): Table {
  const rows = result.comparisons.map(({ policy, against, difference, mcnemarP }) => [
    `${LABELS[policy]} over ${LABELS[against]}`,
    `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1)} points`,
    mcnemarP < 0.0001 ? mcnemarP.toExponential(1) : mcnemarP.toFixed(4),
  ]);
  return { title: `Paired comparison${about}`, header: ['', 'difference', 'McNemar p'], rows };
}

function tierTable({ answers }: BenchmarkContent, about: string): Table {
  const tierOf = ({ tier = 'none' }: EvaluationRecord) => tier;
  const tiers = [...new Set(answers[0].records.map(tierOf))].sort();
  const rows = tiers.map((tier) => {
    const own = answers.map(({ records }) => records.filter((record) => tierOf(record) === tier));
    return [tier, ...own.map((records) => percent(estimateAccuracy(records).accuracy)), String(own[0].length)];
  });
  const header = ['tier', ...answers.map(({ policy }) => policy.label), 'prompts'];
  return { title: `Accuracy by tier${about}`, header, rows };
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

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
const percent = (fraction: number) => `${(100 * fraction).toFixed(1)}%`;
