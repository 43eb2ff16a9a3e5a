import type { Objective, Tokens } from '../engine/training/objective.ts';
import type { Choosable } from '../schema/config/choice.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Trajectory, TrajectoryScore } from '../schema/trajectory.ts';

/**
 * One RL algorithm: in a file of its own that reads as its paper. It says who teaches, with what advantage and what token
 * loss; the trainer does not know which one it runs. To add one, write the file, name it in `index.ts` and prove it by
 * golden values.
 */
export interface Algorithm<Options = unknown> extends Choosable<Options> {
  create(options: Options, context: AlgorithmContext): Learner;
}

/** What an algorithm is told of the run besides its own options. */
export interface AlgorithmContext {
  /** Tokens at which a response was cut. */
  maxNewTokens: number;
}

/** An algorithm at work. */
export interface Learner extends Objective<RlValues> {
  /** Whether the loss reads the log-probabilities of the frozen base policy. */
  needsReference: boolean;
  /** Who teaches: the trajectories to learn from, with their advantages. */
  teach(groups: readonly ScoredGroup[]): Lesson[];
  /** Means over the completion tokens of a step, by the names that metrics files have. */
  metrics(tokens: RlTokens<Float32Array>): Record<string, number>;
}

/** What a loss is told of each completion token; all are constants. */
export interface RlValues<Numbers = unknown> {
  /** Its log-probability under the policy that sampled. */
  sampling: Numbers;
  /** Its log-probability under the policy that this iteration began with, where another one sampled. */
  old?: Numbers;
  /** Its trajectory's advantage. */
  advantages: Numbers;
}

/** These, and the log-probabilities under the policy as it is trained and under the reference. */
export type RlTokens<Numbers> = Tokens<RlValues, Numbers>;

/** A prompt with all its trajectories. */
export interface ScoredGroup {
  prompt: Prompt;
  members: { trajectory: Trajectory; score: TrajectoryScore }[];
}

/** A trajectory to learn from: `advantage` weighs each of its tokens. */
export interface Lesson {
  prompt: Prompt;
  trajectory: Trajectory;
  advantage: number;
}
