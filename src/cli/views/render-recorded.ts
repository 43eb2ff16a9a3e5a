import { alignColumns, type Column, TEXT } from '../../base/table.ts';
import type { ModelResult } from '../../recorded/agreement.ts';
import type { RouteCounts } from '../../schema/route.ts';
import type { SourceCounts } from '../../schema/sft-example.ts';

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

export const renderSources = ({ selfDistill, expert }: SourceCounts) =>
  [`self-distill ${selfDistill} examples`, `expert       ${expert} examples`].join('\n');
