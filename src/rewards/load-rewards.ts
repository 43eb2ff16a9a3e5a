import { z } from 'zod';
import type { Environment } from '../endpoints/environment.ts';
import type { RewardUse } from '../schema/config/rewards.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { judgementKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';
import { createTextCache } from '../store/text-cache.ts';
import { type ActiveReward, BUILT_IN_REWARDS, findCaseFaults, type Reward } from './index.ts';
import { loadUserReward } from './load-user-reward.ts';
import type { RewardServices } from './reward.ts';

/** What rewards need of a run's config. */
export type RewardConfig = Pick<RunConfig, 'rewards' | 'sampling'>;

/**
 * The rewards of a run, ready to score: accuracy, and every other of a weight that is not 0, in the order of the config.
 * Throws `InvalidInputError` on an unknown name, a module that does not load, options that the reward does not take, and
 * an API key that is not in the environment; without an environment, where nothing is scored, keys are not looked for.
 */
export async function loadRewards(
  store: Store,
  config: RewardConfig,
  environment?: Environment,
): Promise<ActiveReward[]> {
  const { maxNewTokens } = config.sampling;
  const services = createRewardServices(store, environment);
  return Promise.all(
    usedRewards(config).map(async ([name, use]) => {
      const reward = await findReward(store, name, use);
      const scorer = reward.create(parseOptions(reward, use), { maxNewTokens, ...services });
      return {
        name,
        version: scorer.variant === undefined ? reward.version : `${reward.version} (${scorer.variant})`,
        prompt: reward.prompt,
        weight: use.weight,
        score: scorer.score.bind(scorer),
      };
    }),
  );
}

/** What the user's own rewards get wrong of their golden cases. */
export async function findRewardFaults(
  store: Store,
  config: RewardConfig,
): Promise<{ place: string; message: string }[]> {
  const { maxNewTokens } = config.sampling;
  const faults = usedRewards(config).map(async ([name, { module }]) => {
    if (module === undefined) return [];
    const messages = await findCaseFaults(await loadUserReward(store, module), {
      maxNewTokens,
      ...createRewardServices(store),
    });
    return messages.map((message) => ({ place: `rewards.${name}`, message }));
  });
  return (await Promise.all(faults)).flat();
}

/** What judges reach: judgements kept on the store, API keys in the environment, if there is one. */
function createRewardServices(store: Store, environment?: Environment): RewardServices {
  return { environment, judgements: createTextCache(store, judgementKey) };
}

/** Version of each reward by name, for manifests. */
export function rewardVersions(rewards: readonly ActiveReward[]): Record<string, string> {
  return Object.fromEntries(rewards.map(({ name, version }) => [name, version]));
}

const usedRewards = ({ rewards }: RewardConfig) =>
  Object.entries(rewards).filter(([name, { weight }]) => name === 'accuracy' || weight !== 0);

async function findReward(store: Store, name: string, { module }: RewardUse): Promise<Reward> {
  const builtIn = BUILT_IN_REWARDS.find((reward) => reward.name === name);
  if (module === undefined) {
    if (builtIn) return builtIn;
    const known = BUILT_IN_REWARDS.map((reward) => reward.name).join(', ');
    throw new InvalidInputError(
      `rewards.${name} is no built-in reward (${known}); correct the name or give its module`,
    );
  }
  if (builtIn) throw new InvalidInputError(`rewards.${name} is built in; give your own reward another name`);
  const reward = await loadUserReward(store, module);
  if (reward.name === name) return reward;
  throw new InvalidInputError(`rewards.${name}: ${module} defines the reward ${reward.name}; use that name`);
}

function parseOptions(reward: Reward, { options }: RewardUse): unknown {
  const parsed = reward.options.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`rewards.${reward.name}.options: ${z.prettifyError(parsed.error)}`);
}
