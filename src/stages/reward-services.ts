import type { Environment, RewardServices, TextCache } from '../rewards/index.ts';
import { NotFoundError } from '../schema/errors.ts';
import { judgementKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';

/** What judges reach: judgements kept on the store, API keys in the environment, if there is one. */
export function createRewardServices(store: Store, environment?: Environment): RewardServices {
  return { environment, judgements: createTextCache(store, judgementKey) };
}

/** Keeps texts on a store, each under the store key of its own key. */
export function createTextCache(store: Store, storeKeyOf: (key: string) => string): TextCache {
  return {
    async read(key) {
      const bytes = await store.read(storeKeyOf(key)).catch((error) => {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      });
      return bytes?.toString('utf8');
    },
    write: (key, text) => store.write(storeKeyOf(key), text),
  };
}
