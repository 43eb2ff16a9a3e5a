/** What `rise evaluate` leaves in its folder, beside the images. */
export const EVALUATION_FILES = {
  settings: 'evaluation.json',
  prompts: 'prompts.jsonl',
  records: 'records.jsonl',
  result: 'result.json',
} as const;

/** Answers to one batch of prompts: written whole, so that an evaluation that was stopped goes on after the last one. */
export const answersKey = (batch: number) => `answers/${String(batch).padStart(6, '0')}.jsonl`;
