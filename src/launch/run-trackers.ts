import { DEFAULT_TRACKERS, TrackersConfig } from '../schema/config/trackers.ts';
import { trackersKey } from '../schema/keys.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** Writes which trackers a run is told to, in place of those before. */
export async function writeTrackers(store: Store, runId: string, trackers: TrackersConfig): Promise<void> {
  await store.write(trackersKey(runId), `${JSON.stringify(trackers)}\n`);
}

/** The trackers that a run is told to; of a run of the code before, the default. */
export const readTrackers = async (store: Store, runId: string): Promise<TrackersConfig> =>
  (await readJsonIfPresent(store, trackersKey(runId), TrackersConfig)) ?? DEFAULT_TRACKERS;
