import { z } from 'zod';
import { hasEnded, type ProcessMark, thisProcess } from '../base/process-mark.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { runPrefix } from '../schema/keys.ts';
import { writeIfAbsent } from '../store/presence.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const Lock = z.object({ pid: z.int(), host: z.string() });

export const lockKey = (runId: string) => `${runPrefix(runId)}lock.json`;

/** The process that works on a run, as far as this host knows; undefined where none does. */
export async function findHolder(store: Store, runId: string): Promise<ProcessMark | undefined> {
  const holder = await readJsonIfPresent(store, lockKey(runId), Lock);
  return holder && !hasEnded(holder) ? holder : undefined;
}

/**
 * Takes a run for this process, so that no two work on it at once, and gives what releases it.
 * A lock whose process has ended on this host is taken over. Throws `InvalidInputError` while another holds it.
 */
export async function lockRun(store: Store, runId: string): Promise<() => Promise<void>> {
  const key = lockKey(runId);
  const holder = await readJsonIfPresent(store, key, Lock);
  if (holder && hasEnded(holder)) await store.delete(key);
  const outcome = await writeIfAbsent(store, key, JSON.stringify(thisProcess()));
  if (outcome === 'present') {
    const { pid, host } = holder ?? { pid: 'another', host: thisProcess().host };
    throw new InvalidInputError(
      `run ${runId} is being worked on by process ${pid} on ${host}; wait for it or stop it ` +
        `(if that process is gone, remove ${store.uri}/${key})`,
    );
  }
  return () => store.delete(key);
}
