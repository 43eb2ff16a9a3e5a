import { z } from 'zod';
import { completeSolution } from '../rewards/index.ts';
import type { Expert } from './expert.ts';

/** The prompt's own worked solution as its expert, with the record's answer where it says none. */
export const workedSolution: Expert = {
  name: 'worked-solution',
  version: '2',
  options: z.strictObject({}),
  defaults: { maxAttempts: 1, toleratedShare: 1 },
  create: () => ({
    async reply({ prompt, replies }) {
      if (!prompt.solution || replies > 0) return { kind: 'silent' };
      return { kind: 'answered', response: completeSolution(prompt, prompt.solution) };
    },
  }),
};
