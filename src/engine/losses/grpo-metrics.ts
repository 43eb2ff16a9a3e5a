import type { RlConfig } from '../../schema/config/rl.ts';

/** Sums over tokens: divide by the number of tokens for the fraction and the mean. */
export interface GrpoTokenSums {
  /** Tokens whose ratio is past the clip on the side where it stops the gradient (dual clip not counted). */
  clippedTokens: number;
  /** Estimate of KL(sampling policy || policy), `r - 1 - log r` per token. */
  approximateKl: number;
}

/** How far the policy has moved from the one that sampled, over completion tokens in one flat order. */
export function sumGrpoMetrics(
  policyLogprobs: ArrayLike<number>,
  samplingLogprobs: ArrayLike<number>,
  advantages: ArrayLike<number>,
  { clipRatioLow, clipRatioHigh }: Pick<RlConfig, 'clipRatioLow' | 'clipRatioHigh'>,
): GrpoTokenSums {
  let clippedTokens = 0;
  let approximateKl = 0;
  for (let n = 0; n < policyLogprobs.length; n++) {
    const logRatio = policyLogprobs[n] - samplingLogprobs[n];
    const ratio = Math.exp(logRatio);
    const isClipped = advantages[n] < 0 ? ratio < 1 - clipRatioLow : ratio > 1 + clipRatioHigh;
    if (isClipped) clippedTokens += 1;
    approximateKl += ratio - 1 - logRatio;
  }
  return { clippedTokens, approximateKl };
}
