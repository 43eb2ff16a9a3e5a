import { z } from 'zod';
import { JOB_NAMES } from '../schema/stage-contracts.ts';
import { jobManifestKey } from './job-manifest-key.ts';
import { StepFunctionsError } from './local-errors.ts';
import type { LocalHome } from './local-home.ts';

/** What `batch:submitJob.sync` is given. */
const SubmitJob = z.object({
  JobName: z.enum(JOB_NAMES),
  ArrayProperties: z.object({ Size: z.int() }).optional(),
  ContainerOverrides: z.object({
    Command: z.array(z.string()),
    Environment: z.array(z.object({ Name: z.string(), Value: z.string() })),
  }),
});

/**
 * Runs a Batch job: one child process, or one after the other for an array job, since each uses every core.
 * A child whose manifest is on the store is not started at all; the first that fails ends the job, and
 * what its siblings wrote stays for the rerun.
 */
export async function runBatchTask(
  home: LocalHome,
  task: { state: string; timeoutSeconds: number },
  parameters: unknown,
): Promise<{ JobName: string; Status: 'SUCCEEDED' }> {
  const { JobName, ArrayProperties, ContainerOverrides } = SubmitJob.parse(parameters);
  const size = ArrayProperties?.Size;
  if (size !== undefined && (size < 2 || size > 10_000)) {
    throw new StepFunctionsError(
      'Batch.ClientException',
      `${task.state}: an array job has 2 to 10000 children, not ${size}`,
    );
  }
  const environment = Object.fromEntries(ContainerOverrides.Environment.map(({ Name, Value }) => [Name, Value]));
  const input = JSON.parse(environment.RISE_INPUT);
  const signal = AbortSignal.any([home.signal, AbortSignal.timeout(task.timeoutSeconds * 1000)]);

  for (let arrayIndex = 0; arrayIndex < (size ?? 1); arrayIndex++) {
    signal.throwIfAborted();
    if (await home.store.exists(jobManifestKey(JobName, input, arrayIndex))) {
      home.onEvent({ kind: 'job-skipped', state: task.state, job: JobName, arrayIndex });
      continue;
    }
    await home.runJob({
      command: ContainerOverrides.Command,
      environment: {
        ...environment,
        AWS_BATCH_JOB_ATTEMPT: '1',
        ...(size !== undefined && { AWS_BATCH_JOB_ARRAY_INDEX: String(arrayIndex) }),
      },
      signal,
      onProgress: (progress) =>
        home.onEvent({ kind: 'progress', state: task.state, arrayIndex, arraySize: size ?? 1, progress }),
    });
  }
  return { JobName, Status: 'SUCCEEDED' };
}
