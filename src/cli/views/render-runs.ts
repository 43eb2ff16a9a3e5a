import { alignColumns, FIGURE, TEXT } from '../../base/table.ts';
import type { ListedRun, RunState } from '../../catalog/list-runs.ts';
import type { RemovableRun } from '../../catalog/remove-runs.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';
import { formatAge, formatBytes } from './format-amounts.ts';

/** Runs as a table, with what of them is to be known in words below it. */
export function renderRuns(runs: readonly ListedRun[], uri: string, now: number): string {
  if (runs.length === 0) return `No runs in ${uri}; rise init makes a config, rise run runs it.`;
  const rows = runs.map((run) => [
    run.runId,
    run.state.kind,
    renderAccuracy(run),
    formatBytes(run.bytes),
    run.startedAt === undefined ? '' : `${formatAge((now - Date.parse(run.startedAt)) / 1000)} ago`,
  ]);
  const labels = EVALUATED_POLICIES.map(({ label }) => label).join(', ');
  const header = ['run', 'state', labels, 'size', 'started'];
  const remarks = runs.flatMap(({ runId, state }) => remarkOn(state).map((remark) => `${runId}: ${remark}`));
  const total = runs.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...alignColumns([header, ...rows], [TEXT, TEXT, TEXT, FIGURE, FIGURE]),
    `${runs.length} runs, ${formatBytes(total)} of their own in ${uri}`,
    ...remarks,
  ].join('\n');
}

/** The accuracies of a run's first benchmark. */
function renderAccuracy({ accuracy }: ListedRun): string {
  const [first = {}] = Object.values(accuracy);
  return EVALUATED_POLICIES.flatMap(({ name }) => (name in first ? [`${(100 * first[name]).toFixed(1)}%`] : [])).join(
    ' ',
  );
}

function remarkOn(state: RunState): string[] {
  switch (state.kind) {
    case 'done':
      return [];
    case 'running':
      return [`process ${state.by.pid} on ${state.by.host} works on it`];
    case 'stopped':
      return [`stopped at its budget before ${state.at.next}; the same rise run with more of it goes on`];
    case 'failed':
      return [`${state.failure.error}; rise doctor RUN tells more, the same rise run goes on`];
    case 'unfinished':
      return ['has not ended; the same rise run goes on where it is'];
    case 'unreadable':
      return [state.because];
  }
}

/** What is to be removed, before anybody says yes. */
export function renderRemovals(runs: readonly RemovableRun[]): string {
  const rows = runs.map(({ runId, keys, bytes }) => [runId, `${keys.length} files`, formatBytes(bytes)]);
  return alignColumns(rows, [TEXT, FIGURE]).join('\n');
}
