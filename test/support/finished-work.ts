import { manifestKey } from '../../src/schema/keys.ts';
import type { Manifest } from '../../src/schema/manifest.ts';
import type { Store } from '../../src/store/store.ts';

/** Writes manifests that say that the work of these folders is done: what is made from it may begin. */
export async function finishWork(store: Store, ...folders: string[]): Promise<void> {
  const manifest: Manifest = {
    stage: 'test',
    runId: 'test',
    inputs: [],
    parts: [],
    summary: {},
    seed: 0,
    versions: {},
  };
  for (const folder of folders) await store.write(manifestKey(folder), JSON.stringify(manifest));
}
