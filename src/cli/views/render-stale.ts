import { alignColumns, TEXT } from '../../base/table.ts';
import type { StaleWork } from '../../lineage/find-stale.ts';
import { describeReason } from '../../lineage/stale-reason.ts';

/** Stale work with its reasons in words. */
export function describeStale(stale: readonly StaleWork[]): { work: string; because: string }[] {
  return stale.map(({ work, reasons }) => ({ work, because: reasons.map(describeReason).join('; ') }));
}

/** A line for each piece of a run that rests on older rewards. */
export function renderStale(stale: readonly StaleWork[]): string {
  if (stale.length === 0) return 'Nothing of the run is stale.';
  const rows = describeStale(stale).map(({ work, because }) => [`  ${work}`, because]);
  return ['Stale, made by older rewards:', ...alignColumns(rows, [TEXT])].join('\n');
}
