import { z } from 'zod';
import type { Expert } from './expert.ts';

/** The prompt's own worked solution as its expert. */
export const workedSolution: Expert = {
  name: 'worked-solution',
  version: '1',
  options: z.strictObject({}),
  create: () => ({ answer: async ({ solution }) => solution }),
};
