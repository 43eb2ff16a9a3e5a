import type { Random } from '../random.ts';

const DRAWS = 9999;
/** Up to so many pairs every choice of signs is looked at. */
const EXACT_PAIRS = 13;
/** Sums that differ by rounding alone are equal. */
const TOLERANCE = 1e-9;

/**
 * Two-sided p-value of paired differences by chance alone: the share of choices of their signs under which the sum is as far
 * from zero as it is. Exact for up to 13 differences that are not zero; beyond, of 9,999 choices that `random` draws and the
 * one seen. Without any difference it is 1.
 */
export function computeSignFlipP(differences: readonly number[], random: Pick<Random, 'next'>): number {
  const values = differences.filter((value) => value !== 0);
  const seen = Math.abs(values.reduce((sum, value) => sum + value, 0)) - TOLERANCE;
  const isExact = values.length <= EXACT_PAIRS;
  const choices = isExact ? 2 ** values.length : DRAWS;
  let asFar = isExact ? 0 : 1;
  for (let choice = 0; choice < choices; choice++) {
    const isFlipped = isExact ? (at: number) => ((choice >> at) & 1) === 1 : () => random.next() < 0.5;
    let sum = 0;
    for (const [at, value] of values.entries()) sum += isFlipped(at) ? -value : value;
    if (Math.abs(sum) >= seen) asFar += 1;
  }
  return asFar / (isExact ? choices : choices + 1);
}
