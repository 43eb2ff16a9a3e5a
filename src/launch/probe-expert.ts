import { loadExpert } from '../experts/index.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { Store } from '../store/store.ts';

/**
 * Asks the expert of a prepared run something small, once per expert: it is asked in earnest hours later. Throws
 * `InvalidInputError` where it is not there, lets nobody in, or sees no images though it should.
 */
export async function probeExpert(store: Store, config: RunConfig): Promise<void> {
  const environment = (name: string) => process.env[name];
  // Its verdicts are nobody's here.
  const asked = { ...config, expert: { ...config.expert, minRewards: undefined } };
  const expert = await loadExpert(store, asked, { rewards: [], environment });
  await expert.probe?.();
}
