import { readIfPresent } from './presence.ts';
import type { Store } from './store.ts';

/** A checkpoint's files in a folder of the store, as the engine takes them; `undefined` for one that is not there. */
export function storedModelFiles(store: Store, prefix: string) {
  return {
    read: (name: string) => readIfPresent(store, `${prefix}${name}`),
    async open(name: string) {
      const key = `${prefix}${name}`;
      const bytes = await store.sizeOf(key);
      if (bytes === undefined) return undefined;
      const read = (start: number, end: number) => store.readStream(key, { start, end });
      return { name, bytes, path: store.pathOf?.(key), read };
    },
  };
}
