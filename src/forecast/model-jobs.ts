import type { RunConfig } from '../schema/config/run-config.ts';
import { DIAGNOSIS } from '../schema/keys.ts';
import type { JobName } from '../schema/stages.ts';
import * as model from './assumptions.ts';
import { countExamples } from './model-functions.ts';
import { sizeOf } from './workload.ts';

/** Weights, and two moments of the optimizer as large in float32. */
const CHECKPOINT_SIZES = 5;

/** Seconds that one child of a job takes on its instance, from its start. */
export function modelJob(
  name: JobName,
  input: { rollout?: string },
  config: RunConfig,
  assumptions: model.Assumptions,
): number {
  const { tokensPerTrajectory, tokensPerPrompt, rolloutTokensPerSecond, trainingTokensPerSecond } = assumptions;
  const load = assumptions.modelBytes / model.JOB_BYTES_PER_SECOND;
  const learn = (sequences: number) =>
    (sequences * (tokensPerPrompt + tokensPerTrajectory)) / trainingTokensPerSecond + CHECKPOINT_SIZES * load;
  const sample = (trajectories: number) => (trajectories * tokensPerTrajectory) / rolloutTokensPerSecond;
  const size = sizeOf(input.rollout ?? DIAGNOSIS, config, assumptions);
  const work = {
    rollout: () => sample(size.trajectories / size.shards),
    'train-rl': () => learn(size.trajectories),
    'train-sft': () => learn(countExamples(config, assumptions) * config.sft.epochs),
    evaluate: () => sample(assumptions.evaluationPrompts),
  }[name];
  return model.JOB_START_SECONDS + load + work();
}
