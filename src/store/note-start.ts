import { AlreadyExistsError } from '../schema/errors.ts';
import { startedKey } from '../schema/keys.ts';
import type { Store } from './store.ts';

/** Notes when a run was started. The first start counts, whatever pauses follow. */
export async function noteStart(store: Store, runId: string): Promise<void> {
  const started = JSON.stringify({ startedAt: new Date().toISOString() });
  await store.write(startedKey(runId), `${started}\n`, { ifAbsent: true }).catch((error) => {
    if (!(error instanceof AlreadyExistsError)) throw error;
  });
}
