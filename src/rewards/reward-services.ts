import type { Environment } from '../endpoints/environment.ts';
import { judgementKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';
import { createTextCache } from '../store/text-cache.ts';
import type { RewardServices } from './reward.ts';

/** What judges reach: judgements kept on the store, API keys in the environment, if there is one. */
export function createRewardServices(store: Store, environment?: Environment): RewardServices {
  return { environment, judgements: createTextCache(store, judgementKey) };
}
