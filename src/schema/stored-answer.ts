import { z } from 'zod';

/**
 * An answer to an evaluation prompt as it was given: whatever is measured of it later needs no sampling.
 * @example {
 *   promptId: 'difference-20567e47a7ad', sampleIndex: 0,
 *   text: '<think>red 6, green 3, 6 - 3 = 3.</think> <answer>\\boxed{3}</answer>', tokenCount: 27, finishReason: 'stop',
 * }
 */
export const StoredAnswer = z.object({
  promptId: z.string(),
  sampleIndex: z.int().nonnegative().describe('which of the answers to the prompt'),
  text: z.string(),
  tokenCount: z.int().nonnegative().describe('sampled tokens; 0 where nobody counted'),
  finishReason: z.enum(['stop', 'length']),
});
export type StoredAnswer = z.infer<typeof StoredAnswer>;
