import type { Prompt } from '../schema/prompt.ts';

/** A prompt as a benchmark words it, its options in the question: whoever is asked is shown them once. */
export const wordPrompt = ({ options: _, ...prompt }: Prompt, question: string): Prompt => ({ ...prompt, question });
