import type { Prompt } from './prompt.ts';

/** What a prompt asks, as every reader of it is asked: the question, with one lettered line per option. */
export function questionText({ question, options = [] }: Pick<Prompt, 'question' | 'options'>): string {
  return [question, ...options.map((option, index) => `(${String.fromCharCode(65 + index)}) ${option}`)].join('\n');
}
