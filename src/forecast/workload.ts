import type { RunConfig } from '../schema/config/run-config.ts';
import { DIAGNOSIS } from '../schema/keys.ts';
import { countShards, groupSizeOf } from '../schema/rollout-size.ts';
import { type Assumptions, EXPERT_SHARE } from './assumptions.ts';

/** What one rollout comes to. */
export interface RolloutSize {
  prompts: number;
  trajectories: number;
  shards: number;
}

/** Size of the rollout of that name, an iteration's or the diagnosis'. */
export function sizeOf(rollout: string, config: RunConfig, { trainPrompts }: Assumptions): RolloutSize {
  const prompts = rollout === DIAGNOSIS ? (config.diagnosis.prompts ?? trainPrompts) : config.rl.promptsPerIteration;
  const groupSize = groupSizeOf(config, rollout);
  return { prompts, trajectories: prompts * groupSize, shards: countShards({ prompts, groupSize }, config) };
}

/** Every trajectory that a run samples to learn from. */
export function countTrajectories(config: RunConfig, assumptions: Assumptions): number {
  const iteration = sizeOf('', config, assumptions).trajectories;
  return config.rl.iterations * iteration + sizeOf(DIAGNOSIS, config, assumptions).trajectories;
}

/** Prompts that the expert is asked about: those that the policy never solves, up to the config's bound. */
export function countConsulted(config: RunConfig, assumptions: Assumptions): number {
  const { prompts } = sizeOf(DIAGNOSIS, config, assumptions);
  return Math.min(prompts * EXPERT_SHARE, config.expert.maxConsultations ?? prompts);
}

/** The config with as many prompts in each iteration as it takes for the run to come to so many trajectories. */
export function scaleTo(trajectories: number, config: RunConfig, assumptions: Assumptions): RunConfig {
  const { iterations, groupSize } = config.rl;
  const wanted = trajectories - sizeOf(DIAGNOSIS, config, assumptions).trajectories;
  const promptsPerIteration = Math.max(1, Math.ceil(wanted / (Math.max(1, iterations) * groupSize)));
  return { ...config, rl: { ...config.rl, promptsPerIteration } };
}
