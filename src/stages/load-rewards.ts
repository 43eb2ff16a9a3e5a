import { z } from 'zod';
import { type ActiveReward, BUILT_IN_REWARDS, type Reward } from '../rewards/index.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { RewardUse, RunConfig } from '../schema/run-config.ts';

/**
 * The rewards of a run, ready to score: accuracy, and every other of a weight that is not 0, in the order of the config.
 * Throws `InvalidInputError` on an unknown name and on options that the reward does not take.
 */
export function loadRewards(config: Pick<RunConfig, 'rewards' | 'sampling'>): ActiveReward[] {
  const { maxNewTokens } = config.sampling;
  return Object.entries(config.rewards)
    .filter(([name, { weight }]) => name === 'accuracy' || weight !== 0)
    .map(([name, use]) => {
      const reward = findReward(name);
      const scorer = reward.create(parseOptions(reward, use), { maxNewTokens });
      return { ...scorer, name, version: reward.version, weight: use.weight };
    });
}

/** Version of each reward by name, for manifests. */
export function rewardVersions(rewards: readonly ActiveReward[]): Record<string, string> {
  return Object.fromEntries(rewards.map(({ name, version }) => [name, version]));
}

function findReward(name: string): Reward {
  const reward = BUILT_IN_REWARDS.find((builtIn) => builtIn.name === name);
  if (reward) return reward;
  const known = BUILT_IN_REWARDS.map((builtIn) => builtIn.name).join(', ');
  throw new InvalidInputError(`rewards.${name} is no built-in reward (${known}); correct the name`);
}

function parseOptions(reward: Reward, { options }: RewardUse): unknown {
  const parsed = reward.options.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`rewards.${reward.name}.options: ${z.prettifyError(parsed.error)}`);
}
