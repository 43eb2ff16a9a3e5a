import { z } from 'zod';
import { completeSolution } from '../rewards/index.ts';
import type { Expert } from './expert.ts';

/** The prompt's own worked solution as its expert, with the record's answer where it says none. */
export const workedSolution: Expert = {
  name: 'worked-solution',
  version: '2',
  options: z.strictObject({}),
  create: () => ({ answer: async (prompt) => prompt.solution && completeSolution(prompt, prompt.solution) }),
};
