import { mapBounded } from '../base/bounded.ts';
import type { AwsClients } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { isOver, knownExecutionsOf } from './executions.ts';
import { createHistoryReader } from './history.ts';
import { cancelJob, createJobReader, hasEnded } from './jobs.ts';

export interface StoppedRun {
  wasRunning: boolean;
  /** Ids of jobs that had not ended. */
  cancelledJobs: string[];
}

const REASON = 'stopped by rise stop';
const MAX_CALLS = 4;

/**
 * Stops the execution that is going on, and cancels every job of the run that has not ended: Step Functions
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
  return { wasRunning: running.length > 0, cancelledJobs: left.map(({ jobId }) => jobId) };
}
