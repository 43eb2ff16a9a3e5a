import type { StaleWork } from '../../lineage/find-stale.ts';
import { describeReason } from '../../lineage/stale-reason.ts';

/** Stale work with its reasons in words. */
export function describeStale(stale: readonly StaleWork[]): { work: string; because: string }[] {
  return stale.map(({ work, reasons }) => ({ work, because: reasons.map(describeReason).join('; ') }));
}

/** A line for each piece of a run that rests on older rewards. */
export function renderStale(stale: readonly StaleWork[]): string {
  if (stale.length === 0) return 'Nothing of the run is stale.';
  const width = Math.max(...stale.map(({ work }) => work.length));
  return [
    'Stale, made by older rewards:',
    ...describeStale(stale).map(({ work, because }) => `  ${work.padEnd(width)}  ${because}`),
  ].join('\n');
}
