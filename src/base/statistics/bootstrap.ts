import type { Random } from '../random.ts';

const RESAMPLES = 2000;

/** A mean with its 95% interval. */
export interface MeanEstimate {
  mean: number;
  low: number;
  high: number;
}

/**
 * The mean of values with its 95% percentile bootstrap interval (B. Efron, 1979): the 2.5th and the 97.5th percentile of the
 * means of 2,000 resamples, which `random` draws. Over nothing it is 0 in [0, 0].
 */
export function bootstrapMean(
  values: readonly number[],
  random: Pick<Random, 'int'>,
  resamples = RESAMPLES,
): MeanEstimate {
  const n = values.length;
  if (n === 0) return { mean: 0, low: 0, high: 0 };
  const means = new Float64Array(resamples);
  for (let at = 0; at < resamples; at++) {
    let sum = 0;
    for (let drawn = 0; drawn < n; drawn++) sum += values[random.int(n)];
    means[at] = sum / n;
  }
  means.sort();
  return { mean: meanOf(values), low: quantileOf(means, 0.025), high: quantileOf(means, 0.975) };
}

/** The mean; over nothing 0. */
export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Linear between neighbours, as numpy has it. */
function quantileOf(ascending: Float64Array, share: number): number {
  const place = share * (ascending.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (place - below) * (ascending[above] - ascending[below]);
}
