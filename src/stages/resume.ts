import { setImmediate } from 'node:timers/promises';
import { InterruptedError } from '../schema/errors.ts';
import { JOB_ATTEMPTS } from '../schema/job-attempts.ts';
import { manifestKey, metricsKey, resumeStepPrefix } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { beginWork } from '../store/begin-work.ts';
import { assertPartsKept } from '../store/checked-store.ts';
import { encodeRecords, readJson, readRecords } from '../store/records.ts';
import { listWholeCheckpoints, readState, stateFiles, type Trained } from './checkpoint.ts';
import type { JobDeps, OpenCheckpoints, TrainingJob, TrainingStart } from './job-deps.ts';
import { countSkippedInARow, StepMetrics } from './step-metrics.ts';

/** Opens the checkpoints of a training job, which it keeps in a folder of its own. */
export const openCheckpoints: OpenCheckpoints = (job) => ({
  findStart: (policy, findState) => findStart(job, policy, findState),
  createStepGate: (deps, trained) => createStepGate(deps, job, trained),
  keepLastGood: (policy, taken) => keepLastGood(job, policy, taken),
});

async function findStart(
  { store, keeps: [own] }: TrainingJob,
  policy: string,
  findState?: () => Promise<string>,
): Promise<TrainingStart> {
  const kept = (await listWholeCheckpoints(store, own)).at(-1);
  if (kept === undefined) {
    const state = findState && (await readState(store, await findState()));
    return { folder: policy, state, taken: [] };
  }
  await assertPartsKept(store, (await readJson(store, manifestKey(kept), Manifest)).parts);
  const taken = await readRecords(store, metricsKey(kept), StepMetrics);
  return { folder: kept, state: await readState(store, kept), taken };
}

function createStepGate(
  deps: Pick<JobDeps, 'signal' | 'attempt'>,
  job: TrainingJob,
  trained: Trained,
): (metrics: readonly StepMetrics[]) => Promise<void> {
  const { checkpointSeconds } = job.config.compute;
  let savedSteps: number | undefined;
  let savedAt = Date.now();
  return async (metrics) => {
    savedSteps ??= metrics.length;
    // Lets signal handlers run: everything inside a step is synchronous.
    await setImmediate();
    const isDue = deps.signal.aborted || Date.now() - savedAt >= checkpointSeconds * 1000;
    // The update before a step that was skipped may be what spoilt it.
    if (isDue && metrics.length > savedSteps && countSkippedInARow(metrics) === 0) {
      await deleteOthers(job, savedSteps);
      await keepCheckpoint(job, trained, metrics);
      savedSteps = metrics.length;
      savedAt = Date.now();
    }
    if (deps.signal.aborted) {
      throw new InterruptedError(
        `stopped after ${metrics.length} optimizer steps, in attempt ${deps.attempt} of ${JOB_ATTEMPTS}; ` +
          'run it again to go on from there',
      );
    }
  };
}

async function keepCheckpoint(
  { store, runId, config: { seed }, keeps: [own] }: TrainingJob,
  trained: Trained,
  metrics: readonly StepMetrics[],
): Promise<void> {
  const prefix = resumeStepPrefix(own, metrics.length);
  const work = await beginWork(store, { prefix, stage: 'resume', runId, seed });
  if (work.kind === 'done') return;
  await work.writePart(metricsKey(prefix), encodeRecords(metrics), metrics.length);
  for (const files of [trained.files(), stateFiles(trained, seed)]) {
    for (const [name, content] of files) await work.writePart(`${prefix}${name}`, content);
  }
  await work.finish({ steps: metrics.length });
}

/** Deletes a job's checkpoints but for the one that so many steps are behind. */
async function deleteOthers({ store, keeps: [own] }: TrainingJob, steps: number): Promise<void> {
  const prefix = resumeStepPrefix(own, steps);
  const outdated = (await store.list(own)).filter((key) => !key.startsWith(prefix));
  for (const key of outdated) await store.delete(key);
}

async function keepLastGood(job: TrainingJob, policy: string, taken: readonly StepMetrics[]): Promise<string> {
  const {
    store,
    keeps: [own],
  } = job;
  const unproven = resumeStepPrefix(own, taken.length - countSkippedInARow(taken));
  for (const key of await store.list(unproven)) await store.delete(key);
  return (await findStart(job, policy)).folder;
}
