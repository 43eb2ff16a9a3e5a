import { BUILT_IN_VERSIONS } from '../rewards/index.ts';
import { loadRewards, rewardVersions } from '../rewards/load-rewards.ts';
import { readStoredConfig } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { findStale, type StaleWork } from './find-stale.ts';
import { readFinishedWork } from './finished-work.ts';

/** The code of the user's own rewards is part of the run's config: it is what it was, and is not run here. */
const isBuiltIn = ([name]: [string, string]) => name in BUILT_IN_VERSIONS;
/** So are the options that a version may name in brackets. */
const withoutVariant = ([name, version]: [string, string]) => [name, version.replace(/ \(.*\)$/, '')];

/** What of a run rests on older versions of its rewards than are installed. Throws `InvalidInputError` on an unknown run. */
export async function examineRun(store: Store, runId: string): Promise<StaleWork[]> {
  const config = await readStoredConfig(store, runId);
  const { accuracy, format, ...others } = config.rewards;
  const builtIn = Object.fromEntries(Object.entries(others).filter(([name]) => name in BUILT_IN_VERSIONS));
  const rewards = await loadRewards(store, { ...config, rewards: { accuracy, format, ...builtIn } });
  const finished = (await readFinishedWork(store, runId)).map((each) => ({
    ...each,
    versions: Object.fromEntries(Object.entries(each.versions).filter(isBuiltIn).map(withoutVariant)),
  }));
  return findStale(finished, rewardVersions(rewards));
}
