import { manifestKey } from '../../src/schema/keys.ts';
import type { Manifest } from '../../src/schema/manifest.ts';
import { beginWork, type OpenWork, type WorkDescription } from '../../src/store/begin-work.ts';
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

/** Work that is not done yet. */
export async function openWork<S extends object>(store: Store, description: WorkDescription): Promise<OpenWork<S>> {
  const work = await beginWork<S>(store, description);
  if (work.kind === 'open') return work;
  throw new Error(`${description.prefix} is done already`);
}
