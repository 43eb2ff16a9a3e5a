import type { Prompt } from '../../schema/prompt.ts';
import type { RewardValue, ScorableTrajectory } from '../reward.ts';

/** What a user's reward is asked to do; all of it runs in its thread. */
export type RewardCall =
  | { kind: 'create'; options: object; maxNewTokens: number }
  | { kind: 'find-needs'; prompt: Prompt }
  | { kind: 'score'; scorer: number; prompt: Prompt; trajectory: ScorableTrajectory }
  | { kind: 'run-case'; at: number; maxNewTokens: number };

/** What comes of a golden case. */
export type CaseOutcome =
  | { kind: 'holds'; value: number; evidence: string }
  | { kind: 'differs'; value: number; evidence: string; wanted: number }
  | { kind: 'failed'; fault: string };

/** What each call gives. */
export interface RewardAnswers {
  /** The number of the scorer; its variant, if it has one. */
  create: { scorer: number; variant?: string };
  /** What the prompt lacks, in words. */
  'find-needs': string[];
  score: RewardValue;
  'run-case': CaseOutcome;
}

/** A file with a user's reward. */
export interface RewardFile {
  name: string;
  /** As messages name it: where its author has it, or its name where that is not known. */
  place: string;
  code: Uint8Array;
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
