import type { Shortfall } from '../schema/decision.ts';
import { EVALUATED_POLICIES } from '../schema/evaluated-policies.ts';
import type { RlCourse, RunSummary } from '../schema/evaluation.ts';
import type { WithoutExample } from '../schema/expert-answer.ts';
import type { RouteCounts } from '../schema/route.ts';
import type { SourceCounts } from '../schema/sft-example.ts';
import { alignTable, type BenchmarkContent, benchmarkTables, type Table } from './benchmark-tables.ts';
import { courseTables } from './course-tables.ts';

/** What a report shows: everything in it is the same for the same config and seed. */
export interface ReportContent {
  runId: string;
  benchmarks: BenchmarkContent[];
  /** Absent where the RL policy was not measured while it learned. */
  duringRl?: RlCourse;
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
  /** Absent where no expert was asked. */
  expert?: RunSummary['expert'];
  /** Pieces of work by the run that had them; absent where the run did all of it. */
  taken?: RunSummary['taken'];
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

function buildTables(content: ReportContent): Table[] {
  const { benchmarks } = content;
  const measured = benchmarks.flatMap((benchmark) => {
    const about = benchmarks.length > 1 ? ` on ${benchmark.title}` : '';
    return policyTables(benchmark, about);
  });
  return [...measured, ...dataTables(content)];
}

/** What a benchmark tells of a run's policies. */
export const policyTables = (benchmark: BenchmarkContent, about = '') => benchmarkTables(benchmark, about, LABELS);

/** Everything but what benchmarks tell. */
export function dataTables(content: Omit<ReportContent, 'runId' | 'benchmarks'>): Table[] {
  const { duringRl, routes, withoutExample, shortfall, sftExamples, rewards, judge, expert, taken } = content;
  return [
    ...(duringRl ? courseTables(duringRl) : []),
    dataTable(routes, sftExamples),
    ...lackTable(withoutExample),
    ...(shortfall ? [shortfallTable(shortfall)] : []),
    ...(rewards.length > 0 ? [rewardTable(rewards)] : []),
    ...(judge ? [judgeTable(judge)] : []),
    ...(expert ? [expertTable(expert)] : []),
    ...(taken ? [takenTable(taken)] : []),
  ];
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
  ['lowReward', 'a reward gives the answer of the expert too little: expert.minRewards'],
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

/** What the expert took in all, and of that what falls to a prompt it was asked about, and to one that it could teach. */
function expertTable(expert: NonNullable<RunSummary['expert']>): Table {
  const { consulted, verified, expertReplies, expertInputTokens, expertOutputTokens, expertDollars } = expert;
  const row = (of: string, parts: number) => [
    of,
    ...[expertReplies, expertInputTokens, expertOutputTokens].map((count) => round(count / parts)),
    expertDollars > 0 ? `$${(expertDollars / parts).toFixed(4)}` : 'no price given',
    round(expert.expertWaitSeconds / parts),
  ];
  const rows = [
    row('in all', 1),
    row(`a prompt asked about, of ${consulted}`, consulted),
    ...(verified > 0 ? [row(`an answer that teaches, of ${verified}`, verified)] : []),
  ];
  return {
    title: 'Expert',
    header: ['', 'replies', 'input tokens', 'output tokens', 'cost', 'seconds waited'],
    rows,
  };
}

const round = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1));

function takenTable(taken: NonNullable<RunSummary['taken']>): Table {
  const rows = Object.entries(taken).map(([runId, works]) => [runId, String(works)]);
  return { title: 'Taken from earlier runs, and not paid again', header: ['run', 'pieces of work'], rows };
}
