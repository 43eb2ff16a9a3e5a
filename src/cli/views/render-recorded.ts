import { alignColumns, type Column, TEXT } from '../../base/table.ts';
import type { ModelResult } from '../../recorded/agreement.ts';
import type { PublishedExamples } from '../../recorded/publish-recorded.ts';
import type { RouteCounts } from '../../schema/route.ts';

const COUNTS: Column = { align: 'right', least: 10 };

/** How each model did, and how far the verdicts that its responses came with agree, as a table. */
export function renderModelTable(results: readonly ModelResult[]): string {
  const percent = (part: number, whole: number) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`);
  const header = ['model', 'responses', 'correct', 'share', 'benchmark', 'agreement'];
  const rows = results.map(({ model, responses, correct, official, officialCorrect, agreed }) => [
    model,
    String(responses),
    String(correct),
    percent(correct, responses),
    official === 0 ? '-' : String(officialCorrect),
    percent(agreed, official),
  ]);
  return alignColumns([header, ...rows], [TEXT, COUNTS], { gap: 1 }).join('\n');
}

export const renderRoutes = ({ mastered, selfDistill, expert }: RouteCounts) =>
  [`mastered     ${mastered}`, `self-distill ${selfDistill}`, `expert       ${expert}`].join('\n');

export function renderSources({ selfDistill, expert, withoutExample }: PublishedExamples): string {
  const { unanswered = 0, wrong = 0, unformatted = 0 } = withoutExample ?? {};
  const lacking = [
    [unanswered, 'prompts have no right response and no worked solution'],
    [wrong, 'worked solutions are not right'],
    [unformatted, 'worked solutions lack the format'],
  ] as const;
  return [
    `self-distill ${selfDistill} examples`,
    `expert       ${expert} examples`,
    ...lacking.filter(([count]) => count > 0).map(([count, what]) => `none         ${count} ${what}`),
  ].join('\n');
}
