import type { EvaluationRecord, RunSummary } from '../schema/evaluation.ts';
import { EVALUATED_POLICIES, type EvaluatedPolicy } from '../schema/stage-inputs.ts';
import { estimateAccuracy } from './statistics.ts';

/** What a report shows: everything in it is the same for the same config and seed. */
export interface ReportContent {
  runId: string;
  evaluation: RunSummary['evaluation'];
  routes: RunSummary['routes'];
  sftExamples: { selfDistill: number; expert: number };
  /** Absent where no judge was paid. */
  judge?: RunSummary['judge'];
  records: Record<EvaluatedPolicy, EvaluationRecord[]>;
}

interface Table {
  title: string;
  header: string[];
  rows: string[][];
}

const NAMES: Record<EvaluatedPolicy, string> = { base: 'base', rl: 'RL', rise: 'RISE' };

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
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const line = (cells: string[]) =>
    `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ')}\n`;
  return `${title}\n${line(header)}${rows.map(line).join('')}`;
}

function buildTables(content: ReportContent): Table[] {
  const tables = [accuracyTable(content), comparisonTable(content), tierTable(content), dataTable(content)];
  return content.judge ? [...tables, judgeTable(content.judge)] : tables;
}

function accuracyTable({ evaluation, records }: ReportContent): Table {
  const rows = EVALUATED_POLICIES.map((policy) => {
    const { accuracy, low, high, n } = evaluation[policy];
    const formatted = share(records[policy].filter(({ isFormatted }) => isFormatted).length, n);
    const tokens = records[policy].reduce((sum, { tokenCount }) => sum + tokenCount, 0) / Math.max(1, n);
    const interval = `${percent(low)} to ${percent(high)}`;
    return [NAMES[policy], percent(accuracy), interval, percent(formatted), tokens.toFixed(1), String(n)];
  });
  const header = ['policy', 'accuracy', '95% interval', 'formatted', 'tokens', 'prompts'];
  return { title: 'Accuracy on held-out prompts', header, rows };
}

function comparisonTable({ evaluation }: ReportContent): Table {
  const row = (name: string, { difference, mcnemarP }: RunSummary['evaluation']['rlVsBase']) => [
    name,
    `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1)} points`,
    mcnemarP < 0.0001 ? mcnemarP.toExponential(1) : mcnemarP.toFixed(4),
  ];
  const rows = [row('RL over base', evaluation.rlVsBase), row('RISE over RL', evaluation.riseVsRl)];
  return { title: 'Paired comparison', header: ['', 'difference', 'McNemar p'], rows };
}

function tierTable({ records }: ReportContent): Table {
  const tiers = [...new Set(records.base.map(({ tier }) => tier ?? 'none'))].sort();
  const rows = tiers.map((tier) => {
    const own = EVALUATED_POLICIES.map((policy) =>
      records[policy].filter((record) => (record.tier ?? 'none') === tier),
    );
    const accuracies = own.map((answers) => {
      const correct = answers.filter(({ isCorrect }) => isCorrect).length;
      return percent(estimateAccuracy(correct, answers.length).accuracy);
    });
    return [tier, ...accuracies, String(own[0].length)];
  });
  const header = ['tier', ...EVALUATED_POLICIES.map((policy) => NAMES[policy]), 'prompts'];
  return { title: 'Accuracy by tier', header, rows };
}

function dataTable({ routes, sftExamples }: ReportContent): Table {
  const rows = [
    ['mastered', String(routes.mastered), '0'],
    ['self-distill', String(routes.selfDistill), String(sftExamples.selfDistill)],
    ['expert', String(routes.expert), String(sftExamples.expert)],
  ];
  return { title: 'Diagnosis of the RL policy', header: ['route', 'prompts', 'SFT examples'], rows };
}

function judgeTable(judge: NonNullable<RunSummary['judge']>): Table {
  const { judgements, judgeInputTokens, judgeOutputTokens, judgeDollars } = judge;
  const cost = judgeDollars > 0 ? `$${judgeDollars.toFixed(2)}` : 'no price given';
  const counts = [judgements, judgeInputTokens, judgeOutputTokens].map(String);
  return { title: 'Judge', header: ['judgements', 'input tokens', 'output tokens', 'cost'], rows: [[...counts, cost]] };
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
const percent = (fraction: number) => `${(100 * fraction).toFixed(1)}%`;
