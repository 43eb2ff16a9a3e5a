import { mapBounded } from '../base/bounded.ts';
import type { MeasuredIteration } from '../benchmarks/policy-figures.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { IterationMeasurement } from '../schema/evaluation.ts';
import { evaluationPrefix, iterationName, manifestKey } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { measuredIterations } from '../schema/measured-iterations.ts';
import { readJson } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const CONCURRENT_READS = 32;

/** What the RL policy of a run was measured to be while it learned, iteration after iteration. */
export function readMeasurements(store: Store, runId: string, config: RunConfig): Promise<MeasuredIteration[]> {
  return mapBounded(measuredIterations(config), CONCURRENT_READS, async (iteration) => {
    const key = manifestKey(evaluationPrefix(runId, iterationName(iteration)));
    const { figures } = IterationMeasurement.parse((await readJson(store, key, Manifest)).summary);
    return { iteration, figures };
  });
}
