import { z } from 'zod';
import { InterruptedError } from '../schema/errors.ts';
import { JOB_ATTEMPTS, RETRIED_EXIT_CODES } from '../schema/job-attempts.ts';
import { DIAGNOSIS, manifestKey, takenKey } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { TakenFrom } from '../schema/reused-work.ts';
import { JOB_NAMES, jobManifestKey } from '../schema/stages.ts';
import { readWorkState } from '../store/part-damage.ts';
import { readJson, readJsonIfPresent } from '../store/records.ts';
import { StepFunctionsError } from './local-errors.ts';
import type { JobIdentity, JobRequest, LocalHome } from './local-home.ts';
import { JobFailedError } from './worker.ts';

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
 * A child whose work is on the store is not started at all, one that is worth it is begun again, as the job definition
 * has it; the first that fails ends the job, and what its siblings wrote stays for the rerun.
 */
export async function runBatchTask(
  home: LocalHome,
  task: { state: string; timeoutSeconds: number },
  parameters: unknown,
): Promise<{ JobName: string; Status: 'SUCCEEDED' }> {
  const { JobName: job, ArrayProperties, ContainerOverrides } = SubmitJob.parse(parameters);
  const size = ArrayProperties?.Size;
  if (size !== undefined && (size < 2 || size > 10_000)) {
    const message = `${task.state}: an array job has 2 to 10000 children, not ${size}`;
    throw new StepFunctionsError('Batch.ClientException', message);
  }
  const environment = Object.fromEntries(ContainerOverrides.Environment.map(({ Name, Value }) => [Name, Value]));
  const signal = AbortSignal.any([home.signal, AbortSignal.timeout(task.timeoutSeconds * 1000)]);
  for (let arrayIndex = 0; arrayIndex < (size ?? 1); arrayIndex++) {
    if (home.signal.aborted) throw new InterruptedError(`stopped before job ${arrayIndex} of ${task.state}`);
    signal.throwIfAborted();
    await runChild(
      home,
      { state: task.state, job, arrayIndex, arraySize: size ?? 1, iteration: iterationOf(environment.RISE_INPUT) },
      {
        command: ContainerOverrides.Command,
        environment: {
          ...environment,
          ...(size !== undefined && { AWS_BATCH_JOB_ARRAY_INDEX: String(arrayIndex) }),
        },
        signal,
      },
    );
  }
  return { JobName: job, Status: 'SUCCEEDED' };
}

async function runChild(
  home: LocalHome,
  identity: JobIdentity,
  request: Omit<JobRequest, 'onProgress'>,
): Promise<void> {
  const input = JSON.parse(request.environment.RISE_INPUT);
  const key = jobManifestKey(identity.job, input, identity.arrayIndex);
  const tell = async (wasDone: boolean, seconds: number, { summary }: Manifest) => {
    const taken = await readJsonIfPresent(home.store, takenKey(key.slice(0, -manifestKey('').length)), TakenFrom);
    const takenFrom = taken && { takenFrom: taken.runId };
    home.onEvent({ kind: 'job-finished', ...identity, wasDone, ...takenFrom, seconds, summary });
  };
  const state = await readWorkState(home.store, key);
  if (state.kind === 'done') return tell(true, 0, state.manifest);
  const started = Date.now();
  await runAttempts(home, identity, request);
  await tell(false, (Date.now() - started) / 1000, await readJson(home.store, key, Manifest));
}

/** A job that was stopped from outside, and not by this run, is begun again: its worker goes on from what it kept. */
async function runAttempts(
  home: LocalHome,
  identity: JobIdentity,
  request: Omit<JobRequest, 'onProgress'>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    home.onEvent({ kind: 'job-started', ...identity, attempt });
    try {
      return await home.runJob({
        ...request,
        environment: { ...request.environment, AWS_BATCH_JOB_ATTEMPT: String(attempt) },
        onProgress: (progress) => home.onEvent({ kind: 'job-progress', ...identity, progress }),
      });
    } catch (error) {
      const isWorthIt = error instanceof JobFailedError && RETRIED_EXIT_CODES.includes(error.exitCode);
      if (!isWorthIt || attempt === JOB_ATTEMPTS || request.signal.aborted) throw error;
    }
  }
}

/** The iteration of jobs whose input has one: rollouts and their training. */
function iterationOf(input: string): number | undefined {
  const { rollout, iteration } = JSON.parse(input) as { rollout?: string; iteration?: number };
  return rollout === DIAGNOSIS ? undefined : iteration;
}
