import type { ModelResult } from '../../recorded/agreement.ts';
import type { RouteCounts } from '../../schema/route.ts';
import type { SourceCounts } from '../../schema/sft-example.ts';

/** How each model did, and how far the verdicts that its responses came with agree, as a table. */
export function renderModelTable(results: readonly ModelResult[]): string {
  const width = Math.max(...results.map(({ model }) => model.length), 'model'.length);
  const percent = (part: number, whole: number) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`);
  const line = (model: string, ...cells: (string | number)[]) =>
    [model.padEnd(width), ...cells.map((cell) => String(cell).padStart(10))].join(' ');
  return [
    line('model', 'responses', 'correct', 'share', 'benchmark', 'agreement'),
    ...results.map((result) => {
      const { model, responses, correct, official, officialCorrect, agreed } = result;
      const benchmark = official === 0 ? '-' : officialCorrect;
      return line(model, responses, correct, percent(correct, responses), benchmark, percent(agreed, official));
    }),
  ].join('\n');
}

export const renderRoutes = ({ mastered, selfDistill, expert }: RouteCounts) =>
  [`mastered     ${mastered}`, `self-distill ${selfDistill}`, `expert       ${expert}`].join('\n');

export const renderSources = ({ selfDistill, expert }: SourceCounts) =>
  [`self-distill ${selfDistill} examples`, `expert       ${expert} examples`].join('\n');
