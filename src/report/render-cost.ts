import { alignColumns, FIGURE, TEXT } from '../base/table.ts';
import type { Amount, RunCost } from '../schema/budget.ts';

/** What a run has cost, for a terminal. It differs from run to run, so that it is no part of the report's own files. */
export function renderCostText(cost: RunCost): string {
  const rows = [HEADER, ...rowsOf(cost)];
  return ['Cost', ...alignColumns(rows, [TEXT, FIGURE]).map((line) => `  ${line}`)].join('\n');
}

/** The same as Markdown. */
export function renderCostMarkdown(cost: RunCost): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  return `## Cost\n\n${row(HEADER)}${row(HEADER.map(() => '---'))}${rowsOf(cost).map(row).join('')}`;
}

const HEADER = ['stage', 'hours of jobs', 'USD'];

function rowsOf({ stages, total, perSolvedPrompt, perKeptExample }: RunCost): string[][] {
  return [
    ...Object.entries(stages).map(([stage, amount]) => [stage, ...cells(amount)]),
    ['together', ...cells(total)],
    ...(perSolvedPrompt ? [[`each of ${perSolvedPrompt.count} solved prompts`, ...cells(perSolvedPrompt)]] : []),
    ...(perKeptExample ? [[`each of ${perKeptExample.count} SFT examples`, ...cells(perKeptExample)]] : []),
  ];
}

const cells = ({ hours, usd }: Amount) => [hours, usd].map((value) => (value === 0 ? '0' : value.toPrecision(3)));
