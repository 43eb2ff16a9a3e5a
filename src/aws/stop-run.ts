import { setTimeout as sleep } from 'node:timers/promises';
import { mapBounded } from '../base/bounded.ts';
import type { AwsClients } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { executionsOf, isOver, knownExecutionsOf } from './executions.ts';
import { createHistoryReader } from './history.ts';
import { cancelJob, createJobReader, hasEnded } from './jobs.ts';

export interface StoppedRun {
  /** `over`: it had ended before; `stopping`: its execution has not ended within the time that is waited for it. */
  outcome: 'stopped' | 'stopping' | 'over';
  /** Ids of jobs that had not ended. */
  cancelledJobs: string[];
}

const REASON = 'stopped by rise stop';
const MAX_CALLS = 4;
/** Most that is waited for an execution to end once it is told to, and between two looks at it. */
const END_SECONDS = 60;
const LOOK_MILLISECONDS = 500;

/**
 * Stops the execution that is going on and waits for its end, and cancels every job of the run that has not ended: Step Functions
 * cancels jobs too, but does not promise it, and a forgotten GPU costs money.
 */
export async function stopRun(aws: AwsClients, deployment: Deployment, runId: string): Promise<StoppedRun> {
  const executions = await knownExecutionsOf(aws, deployment.stateMachineArn, runId);
  const running = executions.filter((execution) => !isOver(execution));
  for (const { arn } of running) {
    await aws.stepFunctions.stopExecution({ executionArn: arn, error: 'Stopped', cause: REASON });
  }
  const histories = await mapBounded(executions, MAX_CALLS, ({ arn }) => createHistoryReader(aws, arn).read());
  const jobIds = histories.flatMap(({ stages }) => stages.flatMap((stage) => stage.jobIds));
  const left = (await createJobReader(aws).read(jobIds)).filter((job) => !hasEnded(job));
  await mapBounded(left, MAX_CALLS, ({ jobId }) => cancelJob(aws, jobId, REASON));
  const cancelledJobs = left.map(({ jobId }) => jobId);
  if (running.length === 0) return { outcome: 'over', cancelledJobs };
  const look = async () => (await executionsOf(aws, deployment.stateMachineArn, runId)).every(isOver);
  const isStopped = await comesTrue(look, { seconds: END_SECONDS, everyMilliseconds: LOOK_MILLISECONDS });
  return { outcome: isStopped ? 'stopped' : 'stopping', cancelledJobs };
}

/** Whether something that is looked at again and again comes true in time. */
export async function comesTrue(
  look: () => Promise<boolean>,
  { seconds, everyMilliseconds }: { seconds: number; everyMilliseconds: number },
): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await look())) {
    if (Date.now() >= deadline) return false;
    await sleep(everyMilliseconds);
  }
  return true;
}
