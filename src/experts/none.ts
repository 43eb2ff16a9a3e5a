import { z } from 'zod';
import type { Expert } from './expert.ts';

/** An expert without answers: prompts beyond the policy stay unsolved. */
export const none: Expert = {
  name: 'none',
  version: '1',
  options: z.strictObject({}),
  defaults: { maxAttempts: 1, toleratedShare: 1 },
  create: () => ({ reply: async () => ({ kind: 'silent' }) }),
};
