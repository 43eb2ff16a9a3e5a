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

/** What a module says of its reward. */
export interface RewardDescription {
  name: string;
  version: string;
  /** Names of its golden cases. */
  cases: string[];
}

/** How the thread of a user's reward is talked to. */
export interface RewardProtocol {
  description: RewardDescription;
  calls: RewardCall;
  answers: RewardAnswers;
}
