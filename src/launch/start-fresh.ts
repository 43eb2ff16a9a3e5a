import { InvalidInputError } from '../schema/errors.ts';
import { freshKey, runPrefix, runTrajectoriesPrefix, takenKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';

/**
 * Has a run take nothing of earlier ones, now and whenever it goes on. Throws `InvalidInputError` where it has taken some
 * already.
 */
export async function startFresh(store: Store, runId: string): Promise<void> {
  const folders = [runPrefix(runId), runTrajectoriesPrefix(runId)];
  const listed = await Promise.all(folders.map((folder) => store.list(folder)));
  const taken = listed.flat().filter((key) => key.endsWith(takenKey('/')));
  if (taken.length > 0) {
    throw new InvalidInputError(
      `--fresh: run ${runId} has taken ${taken.length} pieces of work from earlier runs already, ${taken[0]} among them; ` +
        `give another --run-id, or delete ${folders.join(' and ')} in ${store.uri}`,
    );
  }
  await store.write(freshKey(runId), '{}\n');
}
