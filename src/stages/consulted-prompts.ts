import { planPromptsKey, recordsKey, routesPrefix } from '../schema/keys.ts';
import { Prompt } from '../schema/prompt.ts';
import { Route } from '../schema/route.ts';
import type { ShardItem } from '../schema/stage-inputs.ts';
import { readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/**
 * The shard's prompts that the expert may be asked about. The bound counts over the whole run, in the order of the shards, so
 * each shard finds its own part of it without knowing what the others did.
 */
export async function readConsultedPrompts(
  store: Store,
  { runId, rollout, shard }: Pick<ShardItem, 'runId' | 'rollout' | 'shard'>,
  bound = Infinity,
): Promise<Prompt[]> {
  let asked = 0;
  for (let earlier = 0; earlier < shard && asked < bound; earlier += 1) {
    asked += (await readExpertRoutes(store, runId, earlier)).length;
  }
  const routes = await readExpertRoutes(store, runId, shard);
  const chosen = new Set(routes.slice(0, Math.max(0, bound - asked)).map(({ promptId }) => promptId));
  const prompts = await readRecords(store, planPromptsKey(runId, rollout, shard), Prompt);
  return prompts.filter(({ promptId }) => chosen.has(promptId));
}

async function readExpertRoutes(store: Store, runId: string, shard: number): Promise<Route[]> {
  const routes = await readRecords(store, recordsKey(routesPrefix(runId, shard)), Route);
  return routes.filter(({ kind }) => kind === 'expert');
}
