import { alignColumns, FIGURE, TEXT } from '../../base/table.ts';
import type { PromptChange, WhatIf } from '../../routing/what-if.ts';

const BRANCHES = ['mastered', 'self-distill', 'expert'] as const;
/** Prompts that are shown; `--json` has all. */
const SHOWN_CHANGES = 10;

/** What other settings would change: prompts by branch, examples by source, and some of the prompts. */
export function renderWhatIf({ runId, settings, routes, examples, toAsk, changes }: WhatIf): string {
  const prompts = (from: string, to: string) =>
    String(routes.find((route) => route.from === from && route.to === to)?.prompts ?? 0);
  const matrix = BRANCHES.map((from) => [from, ...BRANCHES.map((to) => prompts(from, to))]);
  const counts = (['selfDistill', 'expert'] as const).map((source) => [
    source === 'expert' ? source : 'self-distill',
    String(examples.before[source]),
    String(examples.after[source]),
  ]);
  return [
    `Run ${runId} with ${settings.map(({ path, value }) => `${path}=${JSON.stringify(value)}`).join(' ')}`,
    '',
    'Prompts by branch, from the row to the column',
    ...alignColumns([['', ...BRANCHES], ...matrix], [TEXT, FIGURE]).map(indent),
    '',
    'SFT examples by source',
    ...alignColumns([['', 'before', 'after'], ...counts], [TEXT, FIGURE]).map(indent),
    ...(toAsk > 0
      ? [`  The expert would be asked about ${toAsk} more prompts: what it would answer is not counted.`]
      : []),
    '',
    ...renderChanges(changes),
  ].join('\n');
}

function renderChanges(changes: readonly PromptChange[]): string[] {
  if (changes.length === 0) return ['Nothing changes for any prompt.'];
  const shown = changes
    .slice(0, SHOWN_CHANGES)
    .flatMap(({ promptId, from, to, because, added, removed }) => [
      `  ${promptId}  ${from === to ? from : `${from} to ${to}`}: ${because}`,
      ...[...removed.map((id) => `    - ${id}`), ...added.map((id) => `    + ${id}`)],
    ]);
  const more = changes.length - SHOWN_CHANGES;
  return [
    `Prompts that change: ${changes.length}`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more; --json has all`] : []),
  ];
}

const indent = (line: string) => `  ${line}`;
