import { z } from 'zod';
import { mapBounded } from '../base/bounded.ts';
import type { BudgetStop } from '../schema/budget.ts';
import { checkpointPrefix, manifestKey } from '../schema/keys.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { AwsClients } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { describeCause } from './describe-cause.ts';
import { consoleUrl, type Execution, knownExecutionsOf, readStop } from './executions.ts';
import { createHistoryReader, type HistoryReader, type Stage } from './history.ts';
import { createJobReader, type Job } from './jobs.ts';

/** A stage with its jobs, or with the items of its Map. */
export interface ObservedStage extends Omit<Stage, 'jobIds' | 'mapRunArn'> {
  jobs: Job[];
  items?: { done: number; failed: number; total: number };
}

/** Means over the trajectories that an RL iteration trained on. */
export interface IterationReward {
  iteration: number;
  rewardMean: number;
  accuracyMean: number;
}

/** A run on AWS as observed: its stages, rewards and cost so far. */
export interface RunStatus {
  runId: string;
  attempt: number;
  status: Execution['status'];
  startedAt: Date;
  stoppedAt?: Date;
  executionArn: string;
  consoleUrl: string;
  iterations?: number;
  /** Where its last execution has stopped at its budget. */
  stopped?: BudgetStop;
  /** Stages of the last attempt. */
  stages: ObservedStage[];
  rewards: IterationReward[];
  /** Cost of every attempt. `forgottenJobs` ended so long ago that Batch no longer tells their times. */
  cost: { gpuHours: number; usd?: number; forgottenJobs: number };
}

/** Someone who looks at a run again and again. */
export interface RunObserver {
  observe(): Promise<RunStatus>;
}

const MAX_READS = 8;
const TrainedIteration = z.object({ summary: z.object({ rewardMean: z.number(), accuracyMean: z.number() }) });

/** Watches a run by the histories of its executions, its jobs and the manifests of its checkpoints. */
export function createRunObserver(aws: AwsClients, store: Store, deployment: Deployment, runId: string): RunObserver {
  const histories = new Map<string, HistoryReader>();
  const jobReader = createJobReader(aws);
  const rewards = new Map<number, IterationReward>();
  const historyOf = (arn: string) => {
    if (!histories.has(arn)) histories.set(arn, createHistoryReader(aws, arn));
    return histories.get(arn)!.read();
  };
  return {
    async observe() {
      const executions = await knownExecutionsOf(aws, deployment.stateMachineArn, runId);
      const [last] = executions;
      const [history, ...earlier] = await mapBounded(executions, MAX_READS, ({ arn }) => historyOf(arn));
      const jobIds = [history, ...earlier].flatMap(({ stages }) => stages.flatMap((stage) => stage.jobIds));
      const jobs = await jobReader.read(jobIds);
      await readRewards(store, runId, history.stages, rewards);
      const stopped = await readStop(aws, last);
      return {
        runId,
        attempt: last.attempt,
        status: last.status,
        startedAt: last.startedAt,
        ...(last.stoppedAt && { stoppedAt: last.stoppedAt }),
        executionArn: last.arn,
        consoleUrl: consoleUrl(last.arn),
        ...(history.iterations !== undefined && { iterations: history.iterations }),
        ...(stopped && { stopped }),
        stages: await mapBounded(history.stages, MAX_READS, (stage) => observeStage(aws, stage, jobs)),
        rewards: [...rewards.values()].sort((left, right) => left.iteration - right.iteration),
        cost: { ...costOf(jobs, deployment.hourUsd), forgottenJobs: jobIds.length - jobs.length },
      };
    },
  };
}

async function observeStage(aws: AwsClients, stage: Stage, jobs: readonly Job[]): Promise<ObservedStage> {
  const { jobIds, mapRunArn, ...rest } = stage;
  const observed = { ...rest, jobs: jobs.filter(({ jobId }) => jobIds.includes(jobId)) };
  if (mapRunArn === undefined) return observed;
  if (stage.status === 'failed') return { ...observed, ...(await describeFailedItem(aws, stage, mapRunArn)) };
  if (stage.status !== 'running') return observed;
  const { itemCounts } = await aws.stepFunctions.describeMapRun({ mapRunArn });
  if (!itemCounts) return observed;
  const { succeeded = 0, failed = 0, timedOut = 0, aborted = 0, total = 0 } = itemCounts;
  return { ...observed, items: { done: succeeded, failed: failed + timedOut + aborted, total } };
}

/** A Map that failed says only that too many of its items did; one of those says why. */
async function describeFailedItem(
  { stepFunctions }: AwsClients,
  { error }: Stage,
  mapRunArn: string,
): Promise<Pick<Stage, 'error'>> {
  const { executions = [] } = await stepFunctions.listExecutions({ mapRunArn, statusFilter: 'FAILED', maxResults: 1 });
  if (!error || executions.length === 0) return {};
  const item = await stepFunctions.describeExecution({ executionArn: executions[0].executionArn });
  const why = `${item.error ?? 'unknown'}: ${describeCause(item.cause)}`;
  return { error: { ...error, message: `${error.message}; one item: ${why}` } };
}

/** Every iteration up to the last one the history tells of; what is trained has a manifest, and stays as it is. */
async function readRewards(
  store: Store,
  runId: string,
  stages: readonly Stage[],
  rewards: Map<number, IterationReward>,
): Promise<void> {
  const begun = Math.max(-1, ...stages.map(({ iteration }) => iteration ?? -1)) + 1;
  const unread = Array.from({ length: begun }, (_, iteration) => iteration).filter((index) => !rewards.has(index));
  await mapBounded(unread, MAX_READS, async (iteration) => {
    const key = manifestKey(checkpointPrefix(runId, iteration));
    const manifest = await readJsonIfPresent(store, key, TrainedIteration);
    if (manifest) rewards.set(iteration, { iteration, ...manifest.summary });
  });
}

function costOf(jobs: readonly Job[], hourUsd: Deployment['hourUsd']): { gpuHours: number; usd?: number } {
  const gpuHours = jobs.reduce((sum, { hours }) => sum + hours, 0);
  if (!hourUsd) return { gpuHours };
  const price = ({ jobName }: Job) => (jobName.startsWith('train-') ? hourUsd.training : hourUsd.rollout);
  return { gpuHours, usd: jobs.reduce((sum, job) => sum + job.hours * price(job), 0) };
}
