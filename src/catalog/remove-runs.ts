import { rmdir } from 'node:fs/promises';
import { mapBounded } from '../base/bounded.ts';
import { lockKey, lockRun } from '../local/run-lock.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { configKey, manifestKey, OFFERED_WORKS, RUN_ROOMS, summaryKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';

/** A run that is to be removed: every key of its own, and the bytes of all. */
export interface RemovableRun {
  runId: string;
  keys: string[];
  bytes: number;
}

const CONCURRENT_DELETIONS = 16;

/**
 * What of runs is theirs alone: models, data sets, images and judgements lie by their content, where other runs have them too, and
 * what others took of these runs are files of their own. Throws `InvalidInputError` where a run is not there.
 */
export async function measureRemovals(store: Store, runIds: readonly string[]): Promise<RemovableRun[]> {
  const offered = await store.list(OFFERED_WORKS);
  return mapBounded(new Set(runIds), 1, async (runId) => {
    const rooms = await Promise.all(RUN_ROOMS.map((room) => store.listSizes(`${room}${runId}/`)));
    const sizes = rooms.flatMap((room) => [...room]);
    if (sizes.length === 0) {
      throw new InvalidInputError(`${store.uri} has no run ${runId}; rise ls lists those there are`);
    }
    const offers = offered.filter((key) => key.endsWith(`/${runId}.json`));
    const keys = [...offers, ...sizes.map(([key]) => key)];
    return { runId, keys, bytes: sizes.reduce((sum, [, bytes]) => sum + bytes, 0) };
  });
}

/**
 * Removes a run that nobody works on, which nobody can begin to meanwhile. What says that work is done goes first, and what says
 * that there is a run goes last, so that a removal which was stopped can be called again. Throws `InvalidInputError` while a
 * process works on it.
 */
export async function removeRun(store: Store, { runId, keys }: RemovableRun): Promise<void> {
  await lockRun(store, runId);
  const last = [configKey(runId), lockKey(runId)];
  const seals = keys.filter((key) => key.endsWith(manifestKey('/')) || key === summaryKey(runId));
  const first = new Set([...keys.filter((key) => key.startsWith(OFFERED_WORKS)), ...seals]);
  const others = keys.filter((key) => !first.has(key) && !last.includes(key));
  for (const group of [[...first], others]) {
    await mapBounded(group, CONCURRENT_DELETIONS, (key) => store.delete(key));
  }
  for (const key of last) await store.delete(key);
  await removeEmptyFolders(store, [...keys, ...last]);
}

/** Of a store in a folder: objects leave theirs behind. */
async function removeEmptyFolders(store: Store, keys: readonly string[]): Promise<void> {
  const ancestors = keys.flatMap((key) => {
    const parts = key.split('/');
    return parts.slice(2).map((_, at) => parts.slice(0, at + 2).join('/'));
  });
  const deepestFirst = [...new Set(ancestors)].sort((left, right) => right.length - left.length);
  for (const folder of deepestFirst) {
    const path = store.pathOf?.(folder);
    // One that is not empty, or not there, is nothing to remove.
    if (path !== undefined) await rmdir(path).catch(() => {});
  }
}
