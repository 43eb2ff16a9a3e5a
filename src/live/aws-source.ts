import { listExecutions } from '../aws/executions.ts';
import { createRunObserver, type ObservedStage, type RunObserver, type RunStatus } from '../aws/observe-run.ts';
import { failureOf } from '../aws/watch-run.ts';
import type { AwsContext } from '../aws/with-deployment.ts';
import type { LiveJob, LiveLine, LiveRun, StateVisit } from '../schema/live-run.ts';
import type { RunCondition, RunListing } from './live-data.ts';
import type { LiveSource } from './live-source.ts';

/** Runs of the deployed stacks, as `rise watch` sees them. */
export function createAwsSource({ aws, store, deployment }: AwsContext): LiveSource {
  const observers = new Map<string, RunObserver>();
  const observerOf = (runId: string) => {
    const known = observers.get(runId) ?? createRunObserver(aws, store, deployment, runId);
    observers.set(runId, known);
    return known;
  };
  return {
    place: store.uri,
    store,
    async listRuns() {
      const executions = await listExecutions(aws, deployment.stateMachineArn);
      const last = [...new Map(executions.toReversed().map((each) => [each.runId, each])).values()].reverse();
      return last.map(
        ({ runId, status, startedAt }): RunListing => ({
          ...{ runId, condition: CONDITIONS[status] ?? 'failed', startedAt: startedAt.toISOString() },
        }),
      );
    },
    async observe(runId) {
      const run = await observerOf(runId).observe();
      const because = failureOf(run);
      return {
        condition: conditionOf(run),
        ...(run.status !== 'RUNNING' && because && { because }),
        live: describeAwsRun(run),
        links: [{ label: 'Step Functions', address: run.consoleUrl }],
      };
    },
  };
}

/** Of an execution's status; all others are failures. */
const CONDITIONS: Readonly<Record<string, LiveRun['status']>> = {
  RUNNING: 'running',
  SUCCEEDED: 'done',
  ABORTED: 'stopped',
};

const conditionOf = ({ status, stopped }: RunStatus): RunCondition =>
  stopped ? 'stopped' : (CONDITIONS[status] ?? 'failed');

/** A run on AWS in the words of one that tells of itself; of jobs, how many of an array's children are done. */
export function describeAwsRun(run: RunStatus, now: Date = new Date()): LiveRun {
  const visits = Map.groupBy(run.stages, ({ state }) => state);
  return {
    status: run.stopped ? 'stopped' : (CONDITIONS[run.status] ?? 'failed'),
    startedAt: run.startedAt.toISOString(),
    updatedAt: (run.stoppedAt ?? now).toISOString(),
    ...(run.iterations !== undefined && { iterations: run.iterations }),
    states: [...visits.values()].map((stages) => describeVisit(stages.at(-1)!, stages.length)),
    jobs: run.stages.filter(({ status }) => status === 'running').flatMap(describeJobs),
    lines: run.stages.flatMap(describeLines),
    sftLoss: [],
  };
}

const describeVisit = (
  { state, status, iteration, startedAt, endedAt }: ObservedStage,
  visits: number,
): StateVisit => ({
  ...{ state, status, visits, startedAt: startedAt.toISOString() },
  ...(iteration !== undefined && { iteration }),
  ...(endedAt && { endedAt: endedAt.toISOString() }),
});

function describeJobs({ state, startedAt, jobs, items }: ObservedStage): LiveJob[] {
  const at = { state, startedAt: startedAt.toISOString() };
  if (items) return [{ ...at, done: items.done, total: items.total, unit: 'items' }];
  return jobs.slice(-1).map(({ children, status }) => {
    const counts = Object.values(children ?? {}).reduce((sum, count) => sum + count, 0);
    if (counts === 0) return { ...at, done: 0, total: 0, unit: status.toLowerCase() };
    return { ...at, done: children?.SUCCEEDED ?? 0, total: counts, unit: 'jobs' };
  });
}

function describeLines({ state, iteration, status, startedAt, endedAt, error, jobs }: ObservedStage): LiveLine[] {
  const name = iteration === undefined ? state : `iteration ${iteration + 1} ${state}`;
  const reasons = status === 'running' ? jobs.flatMap((job) => job.reasons) : [];
  const waits = reasons.map((reason) => ({ time: startedAt.toISOString(), text: `${name}: ${reason}` }));
  if (!endedAt) return waits;
  const seconds = ((endedAt.getTime() - startedAt.getTime()) / 1000).toFixed(1);
  const how = error && status === 'failed' ? `failed: ${error.name}: ${error.message}` : `${seconds} s`;
  return [{ time: endedAt.toISOString(), text: `${name}  ${how}` }];
}
