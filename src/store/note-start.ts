import { startedKey } from '../schema/keys.ts';
import { writeIfAbsent } from './presence.ts';
import type { Store } from './store.ts';

/** Notes when a run was started. The first start counts, whatever pauses follow. */
export async function noteStart(store: Store, runId: string): Promise<void> {
  const started = JSON.stringify({ startedAt: new Date().toISOString() });
  await writeIfAbsent(store, startedKey(runId), `${started}\n`);
}
