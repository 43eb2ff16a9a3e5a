import { readIfPresent } from './presence.ts';
import type { Store } from './store.ts';

/** Reads a checkpoint's files from a folder of the store; `undefined` when the folder has no such file. */
export function storedModelFiles(store: Store, prefix: string): (name: string) => Promise<Buffer | undefined> {
  return (name) => readIfPresent(store, `${prefix}${name}`);
}
