import {
  type Engine,
  measurePrecision,
  type OnLoaded,
  openEngine,
  type Precision,
  type PrecisionChoice,
} from '../engine/open-engine.ts';
import type { ModelFiles } from '../engine/weights/model-files.ts';
import { statedPrecision } from '../schema/config/compute.ts';
import { metricsKey, precisionPrefix } from '../schema/keys.ts';
import type { ReportProgress } from '../schema/progress.ts';
import { beginWork } from '../store/begin-work.ts';
import { storedModelFiles } from '../store/model-files.ts';
import { encodeRecords } from '../store/records.ts';
import type { OpenPolicy, OtherModel } from './job-deps.ts';
import { findPolicyFiles, type PolicyFiles } from './policy-files.ts';
import type { StageScope } from './stage-deps.ts';

/** Gives what opens the engine on policies of a run's store, as the run's config has it. */
export function createPolicyOpener(report: ReportProgress): OpenPolicy {
  return async (scope, policy): Promise<Engine> => {
    const { minPixels, maxPixels } = scope.config.policy;
    const { files, adapter } = typeof policy === 'string' ? findOwn(scope, policy) : findOther(scope, policy);
    return openEngine(files, {
      engine: scope.config.compute.engine,
      adapter,
      precision: await choosePrecision(scope, files, report),
      pixelLimits: { minPixels, maxPixels },
      onLoaded: reportLoading(report),
    });
  };
}

function findOwn({ store, config }: StageScope, folder: string): PolicyFiles {
  const { model } = config.policy;
  const own = folder === model ? undefined : storedModelFiles(store, folder);
  return findPolicyFiles(config, storedModelFiles(store, model), own);
}

function findOther({ store }: StageScope, { model, adapter }: OtherModel): PolicyFiles {
  const files = storedModelFiles(store, model);
  if (adapter === undefined) return { files };
  return { files, adapter: { kind: 'stored', files: storedModelFiles(store, adapter) } };
}

/**
 * What products of matrices are computed in: what the config says, or what the first of a run's jobs to ask has found the
 * faster. That choice and its reason are in a manifest of their own, so that no later job, on whichever machine, changes it;
 * the times behind it are beside it.
 */
export async function choosePrecision(
  { store, runId, config: { compute, seed } }: StageScope,
  files: ModelFiles,
  report: ReportProgress,
): Promise<Precision> {
  const stated = statedPrecision(compute);
  if (stated) return stated;
  const prefix = precisionPrefix(runId);
  const work = await beginWork<PrecisionChoice>(store, { prefix, stage: 'precision', runId, seed });
  if (work.kind === 'done') return work.summary.precision;
  const { milliseconds, ...chosen } = await measurePrecision(files);
  if (milliseconds) {
    const metrics = { float32Milliseconds: milliseconds.float32, bf16Milliseconds: milliseconds.bf16 };
    // No part of the job's own work: its share stays 0.
    report({ stage: `precision: ${chosen.precision}`, done: 0, total: 0, unit: 'measurements', metrics });
    await store.write(metricsKey(prefix), encodeRecords([metrics]));
  }
  return (await work.finish(chosen)).precision;
}

const REPORT_BYTES = 2 ** 28;

/** Reports weights as they arrive from a store; those of this machine are there at once. */
function reportLoading(report: ReportProgress): OnLoaded {
  let reported = 0;
  return (loadedBytes, totalBytes) => {
    const isNext = loadedBytes < reported || loadedBytes >= reported + REPORT_BYTES || loadedBytes === totalBytes;
    if (!isNext) return;
    reported = loadedBytes;
    const metrics = { loadedBytes, totalBytes };
    // No part of the job's own work: its share stays 0.
    report({ stage: 'weights', done: 0, total: 0, unit: 'bytes', metrics });
  };
}
