import { setTimeout } from 'node:timers/promises';
import { isOver } from '../../aws/executions.ts';
import type { RunObserver, RunStatus } from '../../aws/observe-run.ts';
import { RunFailedError } from '../../schema/errors.ts';
import { failureOf } from './render-run.ts';
import type { WatchView } from './watch-view.ts';

/** Of a job Step Functions knows the exit code, of an array not even that. */
const logsHint = ({ runId, stages }: RunStatus) =>
  stages.some(({ status, jobs }) => status === 'failed' && jobs.length > 0)
    ? `What its job said: rise logs ${runId}\n`
    : '';

/** Shows a run until it is over. Throws `RunFailedError` where it did not succeed. */
export async function watchRun(observer: RunObserver, view: WatchView, intervalSeconds: number): Promise<void> {
  for (;;) {
    const run = await observer.observe();
    view.show(run);
    if (isOver(run)) {
      if (run.status === 'SUCCEEDED') return;
      const reason = failureOf(run) ?? `its execution says no more: ${run.consoleUrl}`;
      throw new RunFailedError(
        `run ${run.runId} ended as ${run.status}; ${reason}\n${logsHint(run)}Go on with rise resume ${run.runId}`,
      );
    }
    await setTimeout(intervalSeconds * 1000);
  }
}
