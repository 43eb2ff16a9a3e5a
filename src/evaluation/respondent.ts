import type { SamplingConfig } from '../schema/config/sampling.ts';
import type { ReportProgress } from '../schema/progress.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { StoredAnswer } from '../schema/stored-answer.ts';
import type { Store } from '../store/store.ts';

/** How each prompt is answered. */
export interface AnswerPlan {
  completionsPerPrompt: number;
  sampling: SamplingConfig;
  systemPrompt?: string;
  seed: number;
}

/** What a respondent answers from. */
export interface AnswerScope {
  /** Holds the prompts' images. */
  store: Pick<Store, 'read'>;
  plan: AnswerPlan;
  report: ReportProgress;
}

/** Who answers prompts: a model here, one behind an endpoint, or a file of answers. */
export interface Respondent {
  /** Everything that decides its answers: two evaluations with the same may be gone on with. */
  identity: Record<string, string>;
  /** Prompts whose answers are kept together: an attempt goes on after the last whole batch. */
  promptsPerBatch: number;
  /** The answers to a batch of prompts, prompt after prompt. */
  answer(scope: AnswerScope, prompts: readonly Prompt[]): Promise<StoredAnswer[]>;
  close(): void;
}
