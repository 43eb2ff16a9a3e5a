import type { Prompt } from '../schema/prompt.ts';
import { wordPrompt } from './word-prompt.ts';
import { writeOptions } from './write-options.ts';

/** A question with its options as VLMEvalKit asks it; one without options, or with them in its text, as it stands. */
export function wordAsVlmEvalKit(prompt: Prompt): Prompt {
  const { question, options } = prompt;
  if (options === undefined) return prompt;
  const hinted = question.startsWith('Hint: ') ? question : `Question: ${question}`;
  const lines = writeOptions(options, (letter, option) => `${letter}. ${option}\n`);
  const asked = `${hinted}\nOptions:\n${lines.join('')}Please select the correct answer from the options above. \n`;
  return wordPrompt(prompt, asked);
}
