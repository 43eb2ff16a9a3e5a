import type { StaleWork } from '../../lineage/find-stale.ts';

/** A line for each piece of a run that rests on older rewards. */
export function renderStale(stale: readonly StaleWork[]): string {
  if (stale.length === 0) return 'Nothing of the run is stale.';
  const width = Math.max(...stale.map(({ work }) => work.length));
  return [
    'Stale, made by older rewards:',
    ...stale.map(({ work, because }) => `  ${work.padEnd(width)}  ${because}`),
  ].join('\n');
}
