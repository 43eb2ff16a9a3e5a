import { z } from 'zod';
import type { Environment } from '../endpoints/environment.ts';
import type { ConfigPart } from '../schema/config/config-part.ts';
import type { RewardUse } from '../schema/config/rewards.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { judgementKey } from '../schema/keys.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Store } from '../store/store.ts';
import { createTextCache } from '../store/text-cache.ts';
import { describeNeeds } from './describe-needs.ts';
import { type ActiveReward, BUILT_IN_REWARDS, BUILT_IN_VERSIONS, type RewardContext } from './index.ts';
import type { RewardServices } from './reward.ts';
import { describeCaseFault } from './user/check-case.ts';
import { type LoadedUserReward, loadUserReward } from './user/load-user-reward.ts';

/** Where the files of stored modules lie, by key. */
export type Places = ReadonlyMap<string, string>;

/** What rewards need of a run's config. */
export type RewardConfig = ConfigPart<'rewards' | 'sampling.maxNewTokens'>;

/**
 * The rewards of a run, ready to score: accuracy, and every other of a weight that is not 0, in the order of the config.
 * Throws `InvalidInputError` on an unknown name, a module that does not load, options that the reward does not take, and
 * an API key that is not in the environment; without an environment, where nothing is scored, keys are not looked for.
 *
 * @param places of the user's own rewards by key, where their author is at hand: messages name them
 */
export async function loadRewards(
  store: Store,
  config: RewardConfig,
  environment?: Environment,
  places: Places = new Map(),
): Promise<ActiveReward[]> {
  const { maxNewTokens } = config.sampling;
  const context = { maxNewTokens, ...createRewardServices(store, environment) };
  return Promise.all(
    usedRewards(config).map(async ([name, use]) => {
      const { version, findNeeds, scorer } = isOwn(use)
        ? await createOwn(store, name, use, { maxNewTokens, places })
        : createBuiltIn(name, use, context);
      return {
        name,
        version: scorer.variant === undefined ? version : `${version} (${scorer.variant})`,
        weight: use.weight,
        findNeeds,
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
  const faults = usedRewards(config).map(async ([name, use]) => {
    if (!isOwn(use)) return [];
    const cases = await (await loadOwn(store, name, use)).runCases(config.sampling.maxNewTokens);
    return cases.flatMap(({ name: golden, outcome }) => {
      const fault = describeCaseFault(outcome);
      return fault === undefined ? [] : [{ place: `rewards.${name}`, message: `golden case "${golden}" ${fault}` }];
    });
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

/** Versions of the built-in rewards that a config uses, before any is loaded: the config has what its user's own are. */
export function builtInVersions(config: RewardConfig): Record<string, string> {
  const builtIn = usedRewards(config).filter(([, use]) => !isOwn(use));
  return Object.fromEntries(builtIn.map(([name]) => [name, BUILT_IN_VERSIONS[name] ?? '']));
}

const usedRewards = ({ rewards }: RewardConfig) =>
  Object.entries(rewards).filter(([name, { weight }]) => name === 'accuracy' || weight !== 0);

type OwnUse = RewardUse & { module: string };
const isOwn = (use: RewardUse): use is OwnUse => use.module !== undefined;

async function createOwn(
  store: Store,
  name: string,
  use: OwnUse,
  { maxNewTokens, places }: { maxNewTokens: number; places: Places },
) {
  const { version, findNeeds, create } = await loadOwn(store, name, use, places);
  try {
    return { version, findNeeds, scorer: await create(use.options, maxNewTokens) };
  } catch (cause) {
    const { message } = cause as Error;
    throw new InvalidInputError(`rewards.${name}.options: the reward does not take them: ${message}`, { cause });
  }
}

async function loadOwn(
  store: Store,
  name: string,
  { module, timeoutSeconds }: OwnUse,
  places: Places = new Map(),
): Promise<LoadedUserReward> {
  if (findBuiltIn(name)) {
    throw new InvalidInputError(`rewards.${name} is built in; give your own reward another name`);
  }
  const reward = await loadUserReward(store, module, timeoutSeconds, places.get(module)).catch((cause) => {
    throw cause instanceof InvalidInputError
      ? new InvalidInputError(`rewards.${name}: ${cause.message}`, { cause })
      : cause;
  });
  if (reward.name === name) return reward;
  throw new InvalidInputError(`rewards.${name}: ${reward.place} defines the reward ${reward.name}; use that name`);
}

const findBuiltIn = (name: string) => BUILT_IN_REWARDS.find((reward) => reward.name === name);

function createBuiltIn(name: string, { options }: RewardUse, context: RewardContext) {
  const reward = findBuiltIn(name);
  if (!reward) {
    const known = BUILT_IN_REWARDS.map((each) => each.name).join(', ');
    throw new InvalidInputError(
      `rewards.${name} is no built-in reward (${known}); correct the name or give its module`,
    );
  }
  const parsed = reward.options.safeParse(options);
  if (!parsed.success) {
    throw new InvalidInputError(`rewards.${name}.options: ${z.prettifyError(parsed.error)}`);
  }
  return {
    version: reward.version,
    findNeeds: (prompt: Prompt) => describeNeeds(reward.prompt, prompt),
    scorer: reward.create(parsed.data, context),
  };
}
