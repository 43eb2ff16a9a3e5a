import { findStale, readFinishedWork } from '../lineage/find-stale.ts';
import { BUILT_IN_VERSIONS } from '../rewards/index.ts';
import { loadRewards, rewardVersions } from '../rewards/load-rewards.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { configKey } from '../schema/keys.ts';
import { openStore } from '../store/open-store.ts';
import { readConfig } from '../store/records.ts';
import { renderStale } from './views/render-stale.ts';

/** The code of the user's own rewards is part of the run's config: it is what it was, and is not run here. */
const isBuiltIn = ([name]: [string, string]) => name in BUILT_IN_VERSIONS;
/** So are the options that a version may name in brackets. */
const withoutVariant = ([name, version]: [string, string]) => [name, version.replace(/ \(.*\)$/, '')];

/** Prints what of a run rests on older versions of its rewards than are installed; exits 1 where anything does. */
export async function examineRun(
  runId: string,
  { store: place, json }: { store: string; json?: boolean },
): Promise<void> {
  const store = openStore(place);
  if (!(await store.exists(configKey(runId)))) {
    throw new InvalidInputError(`${place} has no run ${runId}; give --store, or one of the folders in its runs/`);
  }
  const config = await readConfig(store, configKey(runId));
  const { accuracy, format, ...others } = config.rewards;
  const builtIn = Object.fromEntries(Object.entries(others).filter(([name]) => name in BUILT_IN_VERSIONS));
  const rewards = await loadRewards(store, { ...config, rewards: { accuracy, format, ...builtIn } });
  const finished = (await readFinishedWork(store, runId)).map((each) => ({
    ...each,
    versions: Object.fromEntries(Object.entries(each.versions).filter(isBuiltIn).map(withoutVariant)),
  }));
  const stale = findStale(finished, rewardVersions(rewards));
  console.log(json ? JSON.stringify({ ready: stale.length === 0, stale }) : renderStale(stale));
  process.exitCode = stale.length === 0 ? 0 : 1;
}
