import { liveKey } from '../schema/keys.ts';
import { LiveRun } from '../schema/live-run.ts';
import { openStore } from '../store/open-store.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** A writer of how a run goes, over what it said before. */
export function writeLive(uri: string, runId: string): (live: LiveRun) => Promise<void> {
  const store = openStore(uri);
  return (live) => store.write(liveKey(runId), `${JSON.stringify(live)}\n`);
}

/** How a run goes by its own word; undefined where it has said nothing: it is on AWS, or was run by the code before. */
export const readLive = (store: Store, runId: string): Promise<LiveRun | undefined> =>
  readJsonIfPresent(store, liveKey(runId), LiveRun);
