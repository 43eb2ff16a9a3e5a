import type * as zod from 'zod';
import type { Prompt } from '../schema/prompt.ts';

/** What a prompt lacks for a reward, in words. */
export function describeNeeds(needed: zod.ZodType | undefined, prompt: Prompt): string[] {
  const issues = needed?.safeParse(prompt).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.') || 'the prompt'}: ${message}`);
}
