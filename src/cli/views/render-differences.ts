import { alignColumns, TEXT } from '../../base/table.ts';
import { shorten } from '../../base/terminal-text.ts';
import type { ConfigDifference } from '../../catalog/compare-runs.ts';

/** In what the configs of runs differ. */
export function renderDifferences(runIds: readonly string[], differences: readonly ConfigDifference[]): string {
  if (differences.length === 0) return 'Their configs say the same.';
  const rows = differences.map(({ path, values }) => [
    path,
    ...values.map((value) => shorten(String(value ?? '-'), 40)),
  ]);
  const lines = alignColumns([['field', ...runIds], ...rows], [TEXT]).map((line) => `  ${line}`);
  return ['What their configs say otherwise', ...lines].join('\n');
}
