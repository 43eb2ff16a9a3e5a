import type { z } from 'zod';
import type { Prompt } from '../schema/prompt.ts';
import type { Trajectory } from '../schema/trajectory.ts';

/** What a reward says of one trajectory: a finite number, and in words what it rests on. */
export interface RewardValue {
  value: number;
  evidence: string;
}

/** What a reward sees of a completion. */
export type ScoredTrajectory = Pick<Trajectory, 'trajectoryIndex' | 'text' | 'tokenIds' | 'finishReason'>;

/** A reward at work: made once for many trajectories, several of which may be under way together. */
export interface Scorer {
  score(prompt: Prompt, trajectory: ScoredTrajectory): RewardValue | Promise<RewardValue>;
}

/** What a reward is told of the run besides its own options. */
export interface RewardContext {
  /** Tokens at which a response was cut. */
  maxNewTokens: number;
}

/** One reward: built in, or the user's own. */
export interface Reward<Options = unknown> {
  /** Its key in the run config and in the breakdown. */
  name: string;
  /** Changes whenever a value may: stored scores of another version are stale. */
  version: string;
  /** Its knobs, `rewards.<name>.options` in the run config. */
  options: z.ZodType<Options>;
  /** What it needs of a prompt beyond question and answer; one that does not fit is a fault at preflight. */
  prompt?: z.ZodType;
  create(options: Options, context: RewardContext): Scorer;
}
