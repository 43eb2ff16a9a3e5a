import { z } from 'zod';

/**
 * What an expert on our own engine said to a prompt, before it is verified.
 * @example {
 *   promptId: 'product-4b4f8eef98ed', index: 0, seed: 1745432086,
 *   text: '<think>purple 6, yellow 6, 6 * 6 = 36.</think> <answer>\\boxed{36}</answer>', finishReason: 'stop',
 *   inputTokens: 118, outputTokens: 24,
 * }
 */
export const ExpertSample = z.object({
  promptId: z.string(),
  index: z.int().nonnegative().describe('which of the samples of its prompt'),
  seed: z.int().nonnegative().describe('32-bit sampling seed, a hash of run seed, promptId and index'),
  text: z.string().describe('decoded tokens without special tokens'),
  finishReason: z.enum(['stop', 'length']),
  inputTokens: z.int().nonnegative().describe('of its prompt, which its samples share'),
  outputTokens: z.int().nonnegative(),
});
export type ExpertSample = z.infer<typeof ExpertSample>;
