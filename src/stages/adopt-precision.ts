import type { PrecisionChoice } from '../engine/open-engine.ts';
import { statedPrecision } from '../schema/config/compute.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { manifestKey, precisionPrefix } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { beginWork } from '../store/begin-work.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/**
 * Whether what another run made was computed in what this run computes in. One that has not measured that yet computes in
 * the same from then on: what samples and what trains must agree.
 */
export async function adoptPrecision(
  store: Store,
  { runId, config }: { runId: string; config: RunConfig },
  source: Manifest,
): Promise<boolean> {
  const { precision } = source.summary;
  if (precision === undefined || statedPrecision(config.compute)) return true;
  const measured = await readJsonIfPresent(store, manifestKey(precisionPrefix(source.runId)), Manifest);
  if (!measured) return false;
  const description = { prefix: precisionPrefix(runId), stage: 'precision', runId, seed: config.seed };
  const work = await beginWork<PrecisionChoice>(store, description);
  const choice =
    work.kind === 'done' ? work.summary : await work.finish(measured.summary as unknown as PrecisionChoice);
  return choice.precision === precision;
}
