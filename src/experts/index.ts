import type { Environment } from '../endpoints/environment.ts';
import { type ActiveReward, responseDemandsOf } from '../rewards/index.ts';
import { resolveChoice } from '../schema/config/choice.ts';
import type { ExpertConfig } from '../schema/config/expert.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { expertAnswerKey } from '../schema/keys.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Store } from '../store/store.ts';
import { createTextCache } from '../store/text-cache.ts';
import { endpoint } from './endpoint.ts';
import type { Consultant, Expert, ExpertServices } from './expert.ts';
import { none } from './none.ts';
import { policy } from './policy.ts';
import { recorded } from './recorded.ts';
import { loadUserExpert } from './user/load-user-expert.ts';
import { type AnswerDemands, assertMinimaKnown } from './verify-answer.ts';
import { workedSolution } from './worked-solution.ts';

/** Experts that a run config names. */
const EXPERTS: readonly Expert[] = [workedSolution, recorded, endpoint, policy, none];

/** Of the fields that a run config leaves out, where somebody is asked. */
const ASKED = { maxAttempts: 2, toleratedShare: 0.5 };

/** An expert as a run consults it. */
export interface ActiveExpert extends Pick<Consultant, 'reply' | 'probe'> {
  name: string;
  version: string;
  answersPerPrompt: number;
  maxAttempts: number;
  toleratedShare: number;
  /** What its answers must be before they may teach. */
  demands: AnswerDemands;
  prepare(prompts: readonly Prompt[]): Promise<void>;
  findFaults(prompts: readonly Prompt[]): Promise<string[]>;
}

/** Options of an expert that name files of the user's. */
export const fileOptionsOf = ({ name }: Pick<ExpertConfig, 'name'>): readonly string[] =>
  EXPERTS.find((expert) => expert.name === name)?.files ?? [];

/** Options of an expert that name folders of the user's, each with a file that it must hold. */
export const folderOptionsOf = ({ name }: Pick<ExpertConfig, 'name'>): Readonly<Record<string, string>> =>
  EXPERTS.find((expert) => expert.name === name)?.folders ?? {};

/** The share of prompts asked about that a run leaves without an answer which may teach. */
export const toleratedShareOf = ({ name, toleratedShare }: Pick<ExpertConfig, 'name' | 'toleratedShare'>): number =>
  toleratedShare ?? EXPERTS.find((expert) => expert.name === name)?.defaults.toleratedShare ?? ASKED.toleratedShare;

/** What experts need of a run's config. */
export interface ConsultingConfig {
  expert: ExpertConfig;
  rewards: Pick<RunConfig['rewards'], 'accuracy' | 'format'>;
}

/** What an expert is loaded with besides its config. */
export interface ExpertScope {
  /** The run's rewards, ready to score. */
  rewards: readonly ActiveReward[];
  /** Absent where nobody is asked. */
  environment?: Environment;
  readSamples?: ExpertServices['readSamples'];
}

/**
 * The expert of a run. Throws `InvalidInputError` on an unknown name, options that it does not take, a minimum of no reward
 * of the run, and an API key that is not in the environment; without an environment, where nobody is asked, keys are not
 * looked for.
 */
export async function loadExpert(
  store: Store,
  { expert: config, rewards }: ConsultingConfig,
  scope: ExpertScope,
): Promise<ActiveExpert> {
  const demands = { ...responseDemandsOf(rewards), rewards: scope.rewards, minRewards: config.minRewards ?? {} };
  assertMinimaKnown(demands);
  const { environment, readSamples } = scope;
  const services = { store, answers: createTextCache(store, expertAnswerKey), environment, readSamples };
  if (isOwn(config)) {
    if (EXPERTS.some(({ name }) => name === config.name)) {
      throw new InvalidInputError(
        `expert.name is ${config.name}, which is built in; give your own expert another name`,
      );
    }
    const own = await loadUserExpert(config, services);
    return activate({ ...own, defaults: ASKED }, own, config, demands);
  }
  const { chosen: expert, options } = resolveChoice('expert', EXPERTS, config);
  return activate(expert, expert.create(options, services), config, demands);
}

type OwnConfig = ExpertConfig & { module: string };
const isOwn = (config: ExpertConfig): config is OwnConfig => config.module !== undefined;

function activate(
  { name, version, defaults }: Pick<Expert, 'name' | 'version' | 'defaults'>,
  consultant: Consultant,
  config: ExpertConfig,
  demands: AnswerDemands,
): ActiveExpert {
  const { variant } = consultant;
  const { answersPerPrompt = 1, maxAttempts = defaults.maxAttempts } = config;
  const toleratedShare = config.toleratedShare ?? defaults.toleratedShare;
  return {
    name,
    version: variant === undefined ? version : `${version} (${variant})`,
    answersPerPrompt,
    maxAttempts,
    toleratedShare,
    demands,
    prepare: async (prompts) => consultant.prepare?.(prompts),
    reply: (question) => consultant.reply(question),
    findFaults: async (prompts) => (await consultant.findFaults?.(prompts, toleratedShare)) ?? [],
    probe: async () => consultant.probe?.(),
  };
}
