import type { JobName, StageInput } from '../schema/stages.ts';
import type { JobDeps } from './job-deps.ts';

/** A stage on the GPU worker; the array index picks its shard or policy, 0 in a plain job. */
type RunJob<N extends JobName> = (deps: JobDeps, input: StageInput<N>, index: number) => Promise<object>;

/** Every stage on the GPU worker, each loaded with its first job. */
export const JOBS: { readonly [N in JobName]: () => Promise<RunJob<N>> } = {
  rollout: async () => (await import('./rollout/run-rollout.ts')).runRollout,
  'train-rl': async () => (await import('./train-rl/run-train-rl.ts')).runTrainRl,
  'train-sft': async () => (await import('./train-sft/run-train-sft.ts')).runTrainSft,
  'sample-expert': async () => (await import('./sample-expert/run-sample-expert.ts')).runSampleExpert,
  'evaluate-iteration': async () =>
    (await import('./evaluate-iteration/run-evaluate-iteration.ts')).runEvaluateIteration,
  evaluate: async () => (await import('./evaluate/run-evaluate.ts')).runEvaluate,
};
