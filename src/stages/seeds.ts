import { deriveSeed } from '../base/seeds.ts';

/** The seed of a trajectory, whichever shard or batch it is sampled in. */
export function trajectorySeed(runSeed: number, rollout: string, promptId: string, trajectoryIndex: number): number {
  return deriveSeed(runSeed, rollout, promptId, trajectoryIndex);
}

/** The seed of an answer that an expert on our own engine samples. */
export function expertSeed(runSeed: number, promptId: string, index: number): number {
  return deriveSeed(runSeed, 'expert', promptId, index);
}

/** The seed of an answer to an evaluation prompt, the same for each policy and benchmark. */
export function answerSeed(runSeed: number, promptId: string, index: number): number {
  return deriveSeed(runSeed, 'evaluation', promptId, ...(index > 0 ? [index] : []));
}
