import { readIfPresent } from './presence.ts';
import type { Store } from './store.ts';

/** What outlives a call: texts by key, which nobody changes once written. */
export interface TextCache {
  /** Undefined where nothing is kept. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

/** Keeps texts on a store, each under the store key of its own key. */
export function createTextCache(store: Store, storeKeyOf: (key: string) => string): TextCache {
  return {
    async read(key) {
      return (await readIfPresent(store, storeKeyOf(key)))?.toString('utf8');
    },
    write: (key, text) => store.write(storeKeyOf(key), text),
  };
}
