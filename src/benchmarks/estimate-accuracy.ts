import { createRandom } from '../base/random.ts';
import { deriveSeed } from '../base/seeds.ts';
import { bootstrapMean } from '../base/statistics/bootstrap.ts';
import { computeWilsonInterval } from '../base/statistics/wilson.ts';
import type { AccuracyEstimate } from '../schema/evaluation.ts';

/**
 * The mean of each prompt's share of right answers, with its 95% interval: Wilson's where each is 0 or 1, else the bootstrap over
 * prompts. Over nothing it is 0 in [0, 1].
 */
export function estimateAccuracy(shares: readonly number[]): AccuracyEstimate {
  const n = shares.length;
  if (!shares.every((share) => share === 0 || share === 1)) {
    const { mean: accuracy, low, high } = bootstrapMean(shares, createBootstrap(n));
    return { accuracy, low, high, n };
  }
  const right = shares.filter((share) => share === 1).length;
  return { accuracy: n === 0 ? 0 : right / n, ...computeWilsonInterval(right, n), n };
}

/** The draws of a bootstrap over `n` prompts: the same whoever reports it. */
export const createBootstrap = (n: number) => createRandom(deriveSeed('bootstrap', n));
