import { BUILT_IN_OPTIMIZERS, createRule } from '../engine/optim/index.ts';
import { resolveChoice } from '../schema/config/choice.ts';
import type { ConfigPart } from '../schema/config/config-part.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { Algorithm, Learner } from './algorithm.ts';
import { drGrpo } from './dr-grpo.ts';
import { grpo } from './grpo.ts';

/** RL algorithms that a run config chooses from. */
export const BUILT_IN_ALGORITHMS: readonly Algorithm[] = [grpo, drGrpo];

/** The algorithm that a run learns by. Throws `InvalidInputError` on an unknown name and on options it does not take. */
export function createLearner({ rl, sampling }: ConfigPart<'rl' | 'sampling.maxNewTokens'>): Learner {
  const { chosen, options } = resolveChoice('rl.algorithm', BUILT_IN_ALGORITHMS, rl.algorithm);
  return chosen.create(options, { maxNewTokens: sampling.maxNewTokens });
}

/** Preflight of what a run trains with: throws `InvalidInputError` where its jobs would. */
export function checkTraining(config: Pick<RunConfig, 'rl' | 'sampling' | 'sft'>): void {
  createLearner(config);
  resolveChoice('rl.optimizer', BUILT_IN_OPTIMIZERS, config.rl.optimizer);
  resolveChoice('sft.optimizer', BUILT_IN_OPTIMIZERS, config.sft.optimizer);
}

/** Versions of what RL trains by, for manifests: the algorithm and the optimizer. */
export function rlVersions({ rl }: Pick<RunConfig, 'rl'>): Record<string, string> {
  return versionsOf([
    resolveChoice('rl.algorithm', BUILT_IN_ALGORITHMS, rl.algorithm).chosen,
    resolveChoice('rl.optimizer', BUILT_IN_OPTIMIZERS, rl.optimizer).chosen,
  ]);
}

/** The same of SFT: the optimizer. */
export function sftVersions({ sft }: ConfigPart<'sft.optimizer'>): Record<string, string> {
  return versionsOf([resolveChoice('sft.optimizer', BUILT_IN_OPTIMIZERS, sft.optimizer).chosen]);
}

const versionsOf = (chosen: readonly { name: string; version: string }[]) =>
  Object.fromEntries(chosen.map(({ name, version }) => [name, version]));

/** Numbers that the optimizer of a stage keeps of each weight that it trains. */
export function countStateNumbers(config: Pick<RunConfig, 'rl' | 'sft'>, section: 'rl' | 'sft'): number {
  return createRule(`${section}.optimizer`, config[section].optimizer).slots.length;
}

/** What a run's training holds besides weights and gradients. */
export function describeTraining(config: Pick<RunConfig, 'rl' | 'sft' | 'sampling'>) {
  return {
    stateNumbers: { rl: countStateNumbers(config, 'rl'), sft: countStateNumbers(config, 'sft') },
    hasReference: createLearner(config).needsReference,
  };
}
