import { measurePrecision } from '../engine/measure-precision.ts';
import type { VisionLanguageModel } from '../engine/models/vision-language-model.ts';
import type { Precision } from '../engine/runtime/rewrites/mixed-precision.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { metricsKey, precisionPrefix } from '../schema/keys.ts';
import { completeOnce } from '../store/complete-once.ts';
import { encodeRecords } from '../store/records.ts';
import type { StageDeps } from './stage-deps.ts';

/**
 * What a run computes products of matrices in: what its config says, or what the first of its jobs to ask has found the
 * faster. The choice and its reason are in a manifest of their own, so that no later job, on whichever machine, changes it;
 * the times behind it are beside it.
 */
export async function choosePrecision(
  { store, report }: StageDeps,
  runId: string,
  { seed, compute: { engine, precision } }: RunConfig,
  model: Pick<VisionLanguageModel, 'config'>,
): Promise<Precision> {
  if (precision !== 'auto') return precision;
  if (engine === 'eager') return 'float32';
  const prefix = precisionPrefix(runId);
  const choice = await completeOnce(store, prefix, { stage: 'precision', runId, seed }, async () => {
    const { milliseconds, ...chosen } = measurePrecision(model.config);
    if (milliseconds) {
      const metrics = { float32Milliseconds: milliseconds.float32, bf16Milliseconds: milliseconds.bf16 };
      // No part of the job's own work: its share stays 0.
      report({ stage: `precision: ${chosen.precision}`, done: 0, total: 0, unit: 'measurements', metrics });
      await store.write(metricsKey(prefix), encodeRecords([metrics]));
    }
    return chosen;
  });
  return choice.precision;
}
