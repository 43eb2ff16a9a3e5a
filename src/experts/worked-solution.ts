import { z } from 'zod';
import type { Expert } from './expert.ts';

/** Gives the prompt's own worked solution. */
export const workedSolution: Expert = {
  name: 'worked-solution',
  version: '1',
  options: z.strictObject({}),
  create: () => ({ answer: async ({ solution }) => solution }),
};
