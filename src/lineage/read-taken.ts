import { mapBounded } from '../base/bounded.ts';
import { manifestKey, runPrefix, runTrajectoriesPrefix, takenKey } from '../schema/keys.ts';
import { TakenFrom } from '../schema/reused-work.ts';
import { readJson } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const CONCURRENT_READS = 32;

/** What a run took of others, and from whom, by the key of its own manifest. */
export async function readTaken(store: Store, runId: string): Promise<Map<string, TakenFrom>> {
  const folders = [runPrefix(runId), runTrajectoriesPrefix(runId)];
  const listed = (await Promise.all(folders.map((folder) => store.list(folder)))).flat();
  const notes = listed.filter((key) => key.endsWith(takenKey('/')));
  const read = await mapBounded(notes, CONCURRENT_READS, async (key): Promise<[string, TakenFrom]> => {
    return [manifestKey(key.slice(0, -takenKey('').length)), await readJson(store, key, TakenFrom)];
  });
  return new Map(read);
}

/** How many pieces of work were taken, by the run that had them; undefined where none were. */
export function countTaken(taken: ReadonlyMap<string, TakenFrom>): Record<string, number> | undefined {
  if (taken.size === 0) return undefined;
  const byRun = Map.groupBy(taken.values(), ({ runId }) => runId);
  return Object.fromEntries([...byRun].map(([runId, works]) => [runId, works.length]));
}
