import { dirname } from 'node:path';
import { type Rescoring, rescoreRun } from '../stages/score/rescore-run.ts';
import { openStore } from '../store/open-store.ts';
import { readRewards } from './read-run-config.ts';
import { storeRewards } from './store-rewards.ts';

/** A run to score again, by the rewards of a config file, on the store a URI names. */
export interface RescoreRequest {
  runId: string;
  rewards: string;
  store: string;
}

/** Puts the user's own rewards on the store and scores the run again by all of them; as `rescoreRun`. */
export async function rescore({ runId, rewards, store: uri }: RescoreRequest): Promise<Rescoring> {
  const store = openStore(uri);
  const stored = await storeRewards(store, await readRewards(rewards), dirname(rewards));
  const environment = (name: string) => process.env[name];
  const deps = { store, signal: new AbortController().signal, report: () => {}, environment };
  return rescoreRun(deps, runId, stored);
}
