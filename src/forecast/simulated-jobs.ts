import { z } from 'zod';
import type { Json } from '../local/definition.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { JOB_QUEUES } from '../schema/stage.ts';
import { JOB_NAMES } from '../schema/stages.ts';
import { LAUNCH_SECONDS } from '../sizing/rented-instance.ts';
import type { Account } from './account.ts';
import { LOG_BYTES_PER_JOB_SECOND } from './assumptions.ts';
import { storeJob } from './job-storage.ts';
import { modelJob } from './model-jobs.ts';
import { nameOf, type Setting } from './setting.ts';

const SubmitJob = z.object({
  JobName: z.enum(JOB_NAMES),
  JobQueue: z.string().transform(nameOf).pipe(z.enum(JOB_QUEUES)),
  ArrayProperties: z.object({ Size: z.int() }).optional(),
  ContainerOverrides: z.object({
    Command: z.array(z.string()),
    Environment: z.array(z.object({ Name: z.string(), Value: z.string() })),
  }),
  Timeout: z.object({ AttemptDurationSeconds: z.number() }).optional(),
});

/** Stands in for Batch: jobs of a queue run one array after the other, its children on as many GPUs as there are. */
export function createSimulatedJobs({ clock, config, assumptions }: Setting, account: Account) {
  const { ledger, usage, intervals } = account;
  const queueFreeAt = { rollout: 0, training: 0 };
  return async (state: string, parameters: Json): Promise<unknown> => {
    const job = SubmitJob.parse(parameters);
    const children = job.ArrayProperties?.Size ?? 1;
    ledger.note('overrideCharacters', JSON.stringify(job.ContainerOverrides).length, state);
    ledger.note('arraySize', children, state);
    const input = job.ContainerOverrides.Environment.find(({ Name }) => Name === 'RISE_INPUT');
    if (!input) throw new InvalidInputError(`${state} gives its job no RISE_INPUT; add it to the container overrides`);
    const use = modelJob(job.JobName, JSON.parse(input.Value), config, assumptions);
    const { seconds } = use;
    if (job.Timeout) ledger.note('attemptShare', seconds / job.Timeout.AttemptDurationSeconds, state);
    const queue = job.JobQueue;
    const gpus = Math.min(children, queue === 'rollout' ? assumptions.rolloutGpus : assumptions.trainingGpus);
    const start = Math.max(clock.now(), queueFreeAt[queue]);
    const begun = start + LAUNCH_SECONDS;
    const end = begun + Math.ceil(children / gpus) * seconds;
    queueFreeAt[queue] = end;
    intervals[queue].push({ start, end, count: gpus });
    usage[queue === 'rollout' ? 'rolloutGpuSeconds' : 'trainingGpuSeconds'] +=
      children * seconds + gpus * LAUNCH_SECONDS;
    usage.launchSeconds += gpus * LAUNCH_SECONDS;
    usage.movingSeconds += children * use.movingSeconds;
    usage.s3Reads += children * use.s3Reads;
    usage.s3Writes += children * use.s3Writes;
    usage.logBytes += children * seconds * LOG_BYTES_PER_JOB_SECOND;
    storeJob(account.storage, job.JobName, use, assumptions, { children, begun, end });
    await clock.sleep(end - clock.now());
    return { JobName: job.JobName, Status: 'SUCCEEDED' };
  };
}
