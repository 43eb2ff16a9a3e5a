import { z } from 'zod';
import type { Reward } from './reward.ts';

/**
 * Soft overlong penalty of a response of `tokens` tokens: 0 up to `maxTokens - bufferTokens`, then falling linearly to -1
 * at `maxTokens`, `((L_max - L_c) - |y|) / L_c`. Source: DAPO, arXiv 2503.14476, eq. 13.
 */
export function overlongPenalty(tokens: number, maxTokens: number, bufferTokens: number): number {
  const excess = tokens - (maxTokens - bufferTokens);
  if (excess <= 0) return 0;
  return -Math.min(1, excess / bufferTokens);
}

const OverlongOptions = z.strictObject({
  bufferTokens: z.int().positive().describe('the penalty grows over so many tokens before sampling.maxNewTokens'),
});

export const overlong: Reward<z.infer<typeof OverlongOptions>> = {
  name: 'overlong',
  version: '1',
  options: OverlongOptions,
  create: ({ bufferTokens }, { maxNewTokens }) => ({
    score: (_, { tokenIds: { length } }) => ({
      value: overlongPenalty(length, maxNewTokens, bufferTokens),
      evidence: `${length} tokens; the penalty begins after ${maxNewTokens - bufferTokens}, ${maxNewTokens} is the end`,
    }),
  }),
};
