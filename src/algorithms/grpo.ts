import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Algorithm } from './algorithm.ts';
import { clippedLoss } from './clipped-loss.ts';
import { standardize, teachGroups } from './group-advantages.ts';
import { klPenalty } from './kl-penalty.ts';
import { describeTokens } from './token-metrics.ts';

const GrpoOptions = z.strictObject({
  clipRatioLow: z.number().positive().default(0.2).describe('a ratio under 1 less this no longer moves a bad token'),
  clipRatioHigh: z.number().positive().default(0.28).describe('a ratio over 1 plus this no longer moves a good token'),
  klCoefficient: z
    .number()
    .nonnegative()
    .default(0)
    .describe('k3 penalty to the frozen base policy; 0 loads no reference'),
});

/**
 * GRPO: group relative policy optimisation (arXiv 2402.03300), with the asymmetric clip, the token mean and the choice of
 * groups of DAPO (arXiv 2503.14476), as Metis-RISE (arXiv 2506.13056) uses it.
 *
 * - Who teaches: groups that are partly correct, since all-right and all-wrong ones have nothing to compare.
 * - Advantages: `A = (R - mean(R)) / (std(R) + 1e-6)` within the group, the same for each token of a trajectory.
 * - Token loss: `w max(-A r, -A clip(r, 1 - low, 1 + high)) + klCoefficient k3`, with `r = pi / pi_old`; `w` is 1 but where
 *   an older policy sampled.
 * - Normaliser: the completion tokens of the whole accumulated batch, so that each token counts the same.
 */
export const grpo: Algorithm<z.infer<typeof GrpoOptions>> = {
  name: 'grpo',
  version: '1',
  options: GrpoOptions,
  create: ({ klCoefficient, ...clip }) => ({
    needsReference: klCoefficient > 0,
    teach: (groups) => teachGroups(groups, standardize),
    tokenLoss(tokens) {
      const surrogate_N = clippedLoss(tokens, clip);
      if (!tokens.reference) return surrogate_N;
      return tf.add(surrogate_N, tf.mul(klPenalty(tokens.policy, tokens.reference), klCoefficient));
    },
    normalizer: ({ tokens }) => tokens,
    metrics: (tokens) => describeTokens(tokens, clip),
  }),
};
