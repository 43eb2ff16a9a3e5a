import { setTimeout } from 'node:timers/promises';
import { RunFailedError } from '../schema/errors.ts';
import { isOver } from './executions.ts';
import type { RunObserver, RunStatus } from './observe-run.ts';

/** Looks at a run until it is over, and shows every look. Gives how it ended; throws `RunFailedError` where it failed. */
export async function watchRun(
  observer: RunObserver,
  show: (run: RunStatus) => void,
  intervalSeconds: number,
): Promise<'done' | 'stopped'> {
  for (;;) {
    const run = await observer.observe();
    show(run);
    if (isOver(run)) {
      if (run.status === 'SUCCEEDED') return run.stopped ? 'stopped' : 'done';
      const reason = failureOf(run) ?? `its execution says no more: ${run.consoleUrl}`;
      throw new RunFailedError(
        `run ${run.runId} ended as ${run.status}; ${reason}\n${logsHint(run)}Go on with rise resume ${run.runId}`,
      );
    }
    await setTimeout(intervalSeconds * 1000);
  }
}

/** The last stage that failed, in words; undefined where none did. */
export function failureOf({ stages }: Pick<RunStatus, 'stages'>): string | undefined {
  const failed = stages.findLast(({ error }) => error !== undefined);
  return failed && `${failed.state} failed: ${failed.error!.name}: ${failed.error!.message}`;
}

/** What tells more: of a job Step Functions knows the exit code, of an array not even that. */
const logsHint = ({ runId, stages }: RunStatus) =>
  stages.some(({ status, jobs }) => status === 'failed' && jobs.length > 0)
    ? `What its job said: rise logs ${runId}\n`
    : '';
