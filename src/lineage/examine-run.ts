import { BUILT_IN_VERSIONS } from '../rewards/index.ts';
import { loadRewards, rewardVersions } from '../rewards/load-rewards.ts';
import { manifestKey, reportPrefix } from '../schema/keys.ts';
import type { Depth } from '../store/part-damage.ts';
import { readStoredConfig } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type Damage, type DamagedWork, findDamage } from './find-damage.ts';
import { findStale, type StaleWork } from './find-stale.ts';
import { listManifests, readWork } from './finished-work.ts';

/** The code of the user's own rewards is part of the run's config: it is what it was, and is not run here. */
const isBuiltIn = ([name]: [string, string]) => name in BUILT_IN_VERSIONS;
/** So are the options that a version may name in brackets. */
const withoutVariant = ([name, version]: [string, string]) => [name, version.replace(/ \(.*\)$/, '')];

/** What is wrong with a run. */
export interface RunExamination {
  /** Whether its report is there, which comes last. */
  isFinished: boolean;
  damaged: DamagedWork[];
  stale: StaleWork[];
}

/**
 * What of a run is gone or changed, and what rests on older versions of its rewards than are installed. Throws
 * `InvalidInputError` on an unknown run.
 */
export async function examineRun(store: Store, runId: string, depth: Depth): Promise<RunExamination> {
  const config = await readStoredConfig(store, runId);
  const { accuracy, format, ...others } = config.rewards;
  const builtIn = Object.fromEntries(Object.entries(others).filter(([name]) => name in BUILT_IN_VERSIONS));
  const rewards = await loadRewards(store, { ...config, rewards: { accuracy, format, ...builtIn } });
  const manifests = await listManifests(store, runId);
  const damaged = await findDamage(store, runId, manifests, depth);
  const unreadable = new Set(damaged.flatMap(({ damage }) => damage.filter(isUnreadable).map(({ key }) => key)));
  const readable = manifests.filter((key) => !unreadable.has(key));
  const finished = (await readWork(store, runId, readable)).map((each) => ({
    ...each,
    versions: Object.fromEntries(Object.entries(each.versions).filter(isBuiltIn).map(withoutVariant)),
  }));
  const isFinished = manifests.includes(manifestKey(reportPrefix(runId)));
  return { isFinished, damaged, stale: findStale(finished, rewardVersions(rewards)) };
}

const isUnreadable = ({ kind }: Damage) => kind === 'unreadable';
