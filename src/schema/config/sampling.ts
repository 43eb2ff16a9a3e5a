import { z } from 'zod';

/** How completions are drawn. */
export const SamplingConfig = z.strictObject({
  temperature: z.number().nonnegative().default(1).describe('0 is greedy'),
  topP: z.number().positive().max(1).default(1),
  topK: z.int().nonnegative().default(0).describe('0 keeps the whole vocabulary'),
  maxNewTokens: z.int().positive().default(1024),
});
export type SamplingConfig = z.infer<typeof SamplingConfig>;
