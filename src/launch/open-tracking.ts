import type { RunConfig } from '../schema/config/run-config.ts';
import type { Store } from '../store/store.ts';
import { type ActiveTracker, createTrackers } from '../trackers/index.ts';
import type { TrackerContext } from '../trackers/tracker.ts';
import { readTrackers } from './run-trackers.ts';

/** A run, and the trackers that are told of it. */
export interface Tracking extends TrackerContext {
  trackers: ActiveTracker[];
}

/** Opens the trackers that a run was started with, their secrets from this process's environment. */
export async function openTracking(store: Store, runId: string, config: RunConfig): Promise<Tracking> {
  const context = { store, runId, config, environment: (name: string) => process.env[name] };
  return { ...context, trackers: createTrackers(await readTrackers(store, runId), context) };
}
