import type { Store } from '../store/store.ts';

/** What `rise evaluate` leaves in its folder, beside the images. */
export const EVALUATION_FILES = {
  settings: 'evaluation.json',
  prompts: 'prompts.jsonl',
  /** Prompts just read, until it is known that the folder's answers are to them. */
  readPrompts: 'prompts.read.jsonl',
  records: 'records.jsonl',
  result: 'result.json',
} as const;

/** Answers to one batch of prompts: written whole, so that an evaluation that was stopped goes on after the last one. */
export const answersKey = (batch: number) => `answers/${String(batch).padStart(6, '0')}.jsonl`;

/** True once a batch is kept: from then on the folder is of one evaluation. */
export const hasAnswers = (store: Pick<Store, 'exists'>) => store.exists(answersKey(0));
