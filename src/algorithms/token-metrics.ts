import type { RlTokens } from './algorithm.ts';
import type { ClipRange } from './clipped-loss.ts';
import { meanImportance } from './importance.ts';

/** How far the policy has moved from the old one over a step's tokens, and from the sampler where that is another. */
export function describeTokens(
  { policy, sampling, old, advantages }: RlTokens<Float32Array>,
  clip: ClipRange,
): Record<string, number> {
  const { clippedTokens, approximateKl } = sumMoves(policy, old ?? sampling, advantages, clip);
  return {
    'loss/clipFraction': clippedTokens / policy.length,
    'loss/approximateKl': approximateKl / policy.length,
    ...(old && { 'policy/importanceMean': meanImportance(old, sampling) }),
  };
}

/** Sums over tokens: divide by the number of tokens for the fraction and the mean. */
export interface TokenSums {
  /** Tokens whose ratio is past the clip on the side where it stops the gradient (dual clip not counted). */
  clippedTokens: number;
  /** Estimate of KL(old policy || policy), `r - 1 - log r` per token. */
  approximateKl: number;
}

/** How far the policy has moved from an old one, over completion tokens in one flat order. */
export function sumMoves(
  policyLogprobs: ArrayLike<number>,
  oldLogprobs: ArrayLike<number>,
  advantages: ArrayLike<number>,
  { clipRatioLow, clipRatioHigh }: ClipRange,
): TokenSums {
  let clippedTokens = 0;
  let approximateKl = 0;
  for (let n = 0; n < policyLogprobs.length; n++) {
    const logRatio = policyLogprobs[n] - oldLogprobs[n];
    const ratio = Math.exp(logRatio);
    const isClipped = advantages[n] < 0 ? ratio < 1 - clipRatioLow : ratio > 1 + clipRatioHigh;
    if (isClipped) clippedTokens += 1;
    approximateKl += ratio - 1 - logRatio;
  }
  return { clippedTokens, approximateKl };
}
