import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InterruptedError } from '../schema/errors.ts';
import { JOB_ATTEMPTS } from '../schema/job-attempts.ts';
import { metricsKey, resumeStepPrefix } from '../schema/keys.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { writeContent } from '../store/write-content.ts';
import { listWholeCheckpoints, saveCheckpoint, type Trained } from './checkpoint.ts';
import type { JobDeps } from './stage-deps.ts';

/** One line of a training job's metrics file, per optimizer step. */
export const StepMetrics = z.record(z.string(), z.number());
export type StepMetrics = z.infer<typeof StepMetrics>;

/** The last whole checkpoint of a training job that did not come to its end. */
export interface ResumePoint {
  prefix: string;
  /** Of the steps taken, in order: their number is, with the run's seed, how far the shuffled order has come. */
  metrics: StepMetrics[];
}

/** @param folder of the job's own checkpoints */
export async function findResumePoint(store: Store, folder: string): Promise<ResumePoint | undefined> {
  const prefix = (await listWholeCheckpoints(store, folder)).at(-1);
  return prefix === undefined
    ? undefined
    : { prefix, metrics: await readRecords(store, metricsKey(prefix), StepMetrics) };
}

export interface ResumeSettings {
  /** Of the job's own checkpoints. */
  folder: string;
  config: RunConfig;
  training: Trained;
}

/**
 * Gives what to call before each optimizer step, with the metrics of the steps taken: it writes a checkpoint when one is
 * due, and throws `InterruptedError` behind one when the worker is asked to stop. All but the latest are deleted.
 */
export function createStepGate(
  deps: JobDeps,
  settings: ResumeSettings,
): (metrics: readonly StepMetrics[]) => Promise<void> {
  const { checkpointSeconds } = settings.config.compute;
  let savedSteps: number | undefined;
  let savedAt = Date.now();
  return async (metrics) => {
    savedSteps ??= metrics.length;
    // Lets signal handlers run: everything inside a step is synchronous.
    await setImmediate();
    const isDue = deps.signal.aborted || Date.now() - savedAt >= checkpointSeconds * 1000;
    if (isDue && metrics.length > savedSteps) {
      await saveResumePoint(deps.store, settings, metrics);
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

async function saveResumePoint(
  store: Store,
  { folder, config, training }: ResumeSettings,
  metrics: readonly StepMetrics[],
): Promise<void> {
  const prefix = resumeStepPrefix(folder, metrics.length);
  await store.write(metricsKey(prefix), encodeRecords(metrics));
  await saveCheckpoint((key, content) => writeContent(store, key, content), prefix, training, config.seed);
  const outdated = (await store.list(folder)).filter((key) => !key.startsWith(prefix));
  for (const key of outdated) await store.delete(key);
}

/** Deletes what only an unfinished job needs. */
export async function deleteFolder(store: Store, prefix: string): Promise<void> {
  for (const key of await store.list(prefix)) await store.delete(key);
}
