import { setImmediate } from 'node:timers/promises';
import type { OptimizerState } from '../engine/open-engine.ts';
import { InterruptedError } from '../schema/errors.ts';
import { JOB_ATTEMPTS } from '../schema/job-attempts.ts';
import { manifestKey, metricsKey, resumeStepPrefix } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { beginWork } from '../store/begin-work.ts';
import { assertPartsKept } from '../store/checked-store.ts';
import { encodeRecords, readJson, readRecords } from '../store/records.ts';
import type { OpenStage } from './begin-stage.ts';
import { listWholeCheckpoints, readState, stateFiles, type Trained } from './checkpoint.ts';
import type { JobDeps } from './job-deps.ts';
import { countSkippedInARow, StepMetrics } from './step-metrics.ts';

/** A training job, which keeps its checkpoints in a folder of its own. */
type TrainingJob = Pick<OpenStage<object>, 'store' | 'runId' | 'config' | 'keeps'>;

/** Where an attempt of a training job begins. */
export interface TrainingStart {
  /** Folder of the policy. */
  folder: string;
  /** Of its optimizer; absent where that begins anew. */
  state?: OptimizerState;
  /** Of the job's own steps, in order: their number is, with the run's seed, how far the shuffled order has come. */
  taken: StepMetrics[];
}

/**
 * The last whole checkpoint of a job that did not come to its end, its files as they were written, or the policy that the job
 * is to train. Throws `CorruptRecordError` that names a file which was changed.
 *
 * @param findState gives the folder of the state that goes on with that policy; without it the optimizer begins anew
 */
export async function findStart(
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

/**
 * Gives what to call before each optimizer step, with the metrics of the steps taken: it writes a checkpoint when one is
 * due, and throws `InterruptedError` behind one when the worker is asked to stop. All but the latest are deleted, when
 * an update has followed it: until then its numbers may be of no use.
 */
export function createStepGate(
  deps: JobDeps,
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

/**
 * The folder of the last checkpoint that an update has followed, or of the policy that the job is to train; a later one is
 * deleted, since it may hold what made all steps after it fail.
 */
export async function keepLastGood(job: TrainingJob, policy: string, taken: readonly StepMetrics[]): Promise<string> {
  const {
    store,
    keeps: [own],
  } = job;
  const unproven = resumeStepPrefix(own, taken.length - countSkippedInARow(taken));
  for (const key of await store.list(unproven)) await store.delete(key);
  return (await findStart(job, policy)).folder;
}
