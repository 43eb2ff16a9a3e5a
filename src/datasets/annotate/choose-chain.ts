import { gradeAnswer } from '../../rewards/index.ts';
import type { Prompt } from '../../schema/prompt.ts';

/** The first of a prompt's responses that the accuracy reward finds right, else its worked solution if that is right. */
export function chooseChain(prompt: Prompt, responses: readonly string[]): string | undefined {
  const candidates = prompt.solution === undefined ? responses : [...responses, prompt.solution];
  return candidates.find((response) => gradeAnswer(prompt, response).verdict === 'correct');
}
