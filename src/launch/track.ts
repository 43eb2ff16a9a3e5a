import { setTimeout } from 'node:timers/promises';
import { manifestKey, reportPrefix } from '../schema/keys.ts';
import { openStore } from '../store/open-store.ts';
import { readStoredConfig } from '../store/records.ts';
import { type TrackedMore, trackFinished } from '../trackers/track-run.ts';
import { openTracking } from './open-tracking.ts';

/** What one tracker was told. */
export interface TrackedRun extends TrackedMore {
  tracker: string;
  place: string;
}

export interface TrackRequest {
  runId: string;
  /** As `openStore` takes it. */
  store: string;
  /** Seconds between two looks; one look when absent. */
  interval?: number;
}

/** Tells a stored run's trackers of all that they have not heard of; where it is followed, until the run is done. */
export async function track(
  { runId, store: uri, interval }: TrackRequest,
  onTracked: (tracked: readonly TrackedRun[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const store = openStore(uri);
  const context = await openTracking(store, runId, await readStoredConfig(store, runId));
  for (;;) {
    const isDone = await store.exists(manifestKey(reportPrefix(runId)));
    const tracked: TrackedRun[] = [];
    for (const tracker of context.trackers) {
      tracked.push({ tracker: tracker.name, place: tracker.place, ...(await trackFinished(context, tracker)) });
    }
    onTracked(tracked);
    if (isDone || interval === undefined || signal.aborted) return;
    await setTimeout(interval * 1000, undefined, { signal }).catch(() => {});
  }
}
