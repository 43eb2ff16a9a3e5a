import { z } from 'zod';
import type { Algorithm } from './algorithm.ts';
import { clippedLoss } from './clipped-loss.ts';
import { centre, teachGroups } from './group-advantages.ts';
import { describeTokens } from './token-metrics.ts';

const DrGrpoOptions = z.strictObject({
  clipRatioLow: z.number().positive().default(0.2).describe('a ratio under 1 less this no longer moves a bad token'),
  clipRatioHigh: z.number().positive().default(0.2).describe('a ratio over 1 plus this no longer moves a good token'),
});

/**
 * Dr.GRPO: GRPO done right (arXiv 2503.20783), which leaves out the two divisions that bias it.
 *
 * - Who teaches: groups that are partly correct (our choice, as in GRPO; in the paper the others have advantage 0).
 * - Advantages: `A = R - mean(R)` within the group. Dividing by the deviation would weigh questions that are too easy or too
 *   hard more than the others.
 * - Token loss: `w max(-A r, -A clip(r, 1 - low, 1 + high))` with `r = pi / pi_old`, and no KL term; `w` is 1 but where an
 *   older policy sampled.
 * - Normaliser: a constant, the sequences of the whole accumulated batch times the most tokens one may have
 *   (`sampling.maxNewTokens`). Dividing by the tokens there are would favour short right answers and long wrong ones.
 */
export const drGrpo: Algorithm<z.infer<typeof DrGrpoOptions>> = {
  name: 'dr-grpo',
  version: '1',
  options: DrGrpoOptions,
  create: (clip, { maxNewTokens }) => ({
    needsReference: false,
    teach: (groups) => teachGroups(groups, centre),
    tokenLoss: (tokens) => clippedLoss(tokens, clip),
    normalizer: ({ sequences }) => sequences * maxNewTokens,
    metrics: (tokens) => describeTokens(tokens, clip),
  }),
};
