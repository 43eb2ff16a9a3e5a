import type { RunConfig } from '../schema/config/run-config.ts';
import type { Prompt } from '../schema/prompt.ts';

/** Someone who answers where the policy cannot. */
export interface ExpertProvider {
  /** As records name it. */
  name: string;
  /** A full response, or undefined where the provider has none. */
  answer(prompt: Prompt): Promise<string | undefined>;
}

/** Gives the prompt's own worked solution. */
const workedSolution: ExpertProvider = {
  name: 'worked-solution',
  answer: async (prompt) => prompt.solution,
};

/** Has no answer: prompts beyond the policy stay unsolved. */
const none: ExpertProvider = { name: 'none', answer: async () => undefined };

const PROVIDERS = { 'worked-solution': workedSolution, none };

export const findExpertProvider = (name: RunConfig['expert']['provider']): ExpertProvider => PROVIDERS[name];
