import { type ChoosePrecision, type Engine, type OnLoaded, openEngine } from '../engine/open-engine.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { metricsKey, precisionPrefix } from '../schema/keys.ts';
import type { ReportProgress } from '../schema/progress.ts';
import { completeOnce } from '../store/complete-once.ts';
import { storedModelFiles } from '../store/model-files.ts';
import { encodeRecords } from '../store/records.ts';
import type { StageDeps } from './stage-deps.ts';

/** Opens the engine on the policy of a folder of the store, as the run's config has it. */
export function openPolicy(deps: StageDeps, runId: string, config: RunConfig, prefix: string): Promise<Engine> {
  const { engine, precision } = config.compute;
  const { minPixels, maxPixels } = config.policy;
  return openEngine(storedModelFiles(deps.store, prefix), {
    engine,
    precision: precision === 'auto' ? keptPrecision(deps, runId, config) : precision,
    pixelLimits: { minPixels, maxPixels },
    onLoaded: reportLoading(deps.report),
  });
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

/**
 * The precision that the first of a run's jobs to ask has found the faster. The choice and its reason are in a manifest of
 * their own, so that no later job, on whichever machine, changes it; the times behind it are beside it.
 */
export function keptPrecision({ store, report }: StageDeps, runId: string, { seed }: RunConfig): ChoosePrecision {
  const prefix = precisionPrefix(runId);
  return (measure) =>
    completeOnce(store, prefix, { stage: 'precision', runId, seed }, async () => {
      const { milliseconds, ...chosen } = measure();
      if (milliseconds) {
        const metrics = { float32Milliseconds: milliseconds.float32, bf16Milliseconds: milliseconds.bf16 };
        // No part of the job's own work: its share stays 0.
        report({ stage: `precision: ${chosen.precision}`, done: 0, total: 0, unit: 'measurements', metrics });
        await store.write(metricsKey(prefix), encodeRecords([metrics]));
      }
      return chosen;
    });
}
