import type { Prompt } from '../../schema/prompt.ts';
import type { RewardValue, ScorableTrajectory } from '../reward.ts';

/** What a user's reward is asked to do; all of it runs in its thread. */
export type RewardCall =
  | { kind: 'create'; options: object; maxNewTokens: number }
  | { kind: 'find-needs'; prompt: Prompt }
  | { kind: 'score'; scorer: number; prompt: Prompt; trajectory: ScorableTrajectory }
  | { kind: 'run-case'; at: number; maxNewTokens: number };

/** What each call gives. */
export interface RewardAnswers {
  /** The number of the scorer; its variant, if it has one. */
  create: { scorer: number; variant?: string };
  /** What the prompt lacks, in words. */
  'find-needs': string[];
  score: RewardValue;
  /** What is wrong with the golden case; nothing where it holds. */
  'run-case': { fault?: string };
}

/** What a module says of its reward. */
export interface RewardDescription {
  name: string;
  version: string;
  /** Names of its golden cases. */
  cases: string[];
}

/** The number that loading the module has among the calls. */
export const LOADING = 0;

/** From the thread, of loading and of each call: that it has begun, and how it has ended. */
export type ThreadMessage = { id: number } & (
  | { kind: 'started' }
  | { kind: 'answered'; answer: RewardDescription | RewardAnswers[RewardCall['kind']] }
  | { kind: 'failed'; message: string }
);
