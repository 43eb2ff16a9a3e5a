import { z } from 'zod';
import { hasEnded, thisProcess } from '../base/process-mark.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { runPrefix } from '../schema/keys.ts';
import { writeIfAbsent } from '../store/presence.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const Lock = z.object({ pid: z.int(), host: z.string() });

/**
 * Takes a run for this process, so that no two work on it at once, and gives what releases it.
 * A lock whose process has ended on this host is taken over. Throws `InvalidInputError` while another holds it.
 */
export async function lockRun(store: Store, runId: string): Promise<() => Promise<void>> {
  const key = `${runPrefix(runId)}lock.json`;
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
