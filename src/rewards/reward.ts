import type * as zod from 'zod';
import type { Environment } from '../endpoints/environment.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { JudgeUsage, Trajectory } from '../schema/trajectory.ts';
import type { TextCache } from '../store/text-cache.ts';

/** What a reward says of one trajectory: a finite number, and in words what it rests on. */
export interface RewardValue {
  value: number;
  evidence: string;
  /** What a paid judge took; absent where the value was free. */
  usage?: JudgeUsage;
}

/** What a reward sees of a completion. */
export type ScorableTrajectory = Pick<Trajectory, 'trajectoryIndex' | 'text' | 'tokenIds' | 'finishReason'>;

/** A reward at work: made once for many trajectories, several of which may be under way together. */
export interface Scorer {
  /** What its values depend on beside its version, e.g. the judge's model; becomes part of the version. */
  variant?: string;
  score(prompt: Prompt, trajectory: ScorableTrajectory): RewardValue | Promise<RewardValue>;
}

/** What rewards that ask a judge reach outside of the run's records. */
export interface RewardServices {
  /** Keeps judgements. */
  judgements: TextCache;
  /** Absent where nothing will be scored: then no key is looked for. */
  environment?: Environment;
}

/** What a reward is told of the run besides its own options. */
export interface RewardContext extends RewardServices {
  /** Tokens at which a response was cut. */
  maxNewTokens: number;
}

/** One reward: built in, or the user's own. */
export interface Reward<Options = unknown> {
  /** Its key in the run config and in the breakdown. */
  name: string;
  /** Changes whenever a value may: what rests on stored scores of another version is stale. */
  version: string;
  /** Its knobs, `rewards.<name>.options` in the run config. */
  options: zod.ZodType<Options>;
  /** What it needs of a prompt beyond question and answer; one that does not fit is a fault at preflight. */
  prompt?: zod.ZodType;
  create(options: Options, context: RewardContext): Scorer;
}

/** A response with the value that the reward must give it. */
export interface GoldenCase {
  name: string;
  options?: object;
  /** Over a prompt that has no images and the answer 7. */
  prompt?: Partial<Prompt>;
  /** Over a trajectory that stopped by itself, of 100 tokens. */
  trajectory: Pick<Trajectory, 'text'> & Partial<ScorableTrajectory>;
  /** To 9 decimals. */
  value: number;
}

/** A reward of the user's own, in a module of one file: it proves itself before a run begins. */
export interface UserReward<Options = unknown> extends Omit<Reward<Options>, 'create'> {
  create(options: Options, context: Pick<RewardContext, 'maxNewTokens'>): Scorer;
  cases: readonly GoldenCase[];
}

/** What a user's module exports as its default: it imports nothing but Node's own modules, so zod is given to it. */
export type DefineReward<Options = unknown> = (tools: { z: typeof zod.z }) => UserReward<Options>;
