import type { RlConfig } from '../../schema/config/rl.ts';

/** Keeps the division finite; as peers do. */
const EPSILON = 1e-6;

/**
 * Group-relative advantages of one prompt's trajectories: `(R - mean) / (std + 1e-6)` with the sample
 * standard deviation (n - 1), as GRPO (arXiv 2402.03300); `'none'` leaves the division out, as Dr.GRPO
 * (arXiv 2503.20783). A group of one has mean 0 and standard deviation 1.
 */
export function computeGroupAdvantages(
  rewards: readonly number[],
  normalization: RlConfig['advantageNormalization'],
): number[] {
  const count = rewards.length;
  const isSingle = count === 1;
  const mean = isSingle ? 0 : rewards.reduce((a, b) => a + b, 0) / count;
  const centred = rewards.map((reward) => reward - mean);
  if (normalization === 'none') return centred;
  const deviation = isSingle ? 1 : Math.sqrt(centred.reduce((sum, d) => sum + d * d, 0) / (count - 1));
  return centred.map((d) => d / (deviation + EPSILON));
}

/**
 * Whether a group can teach anything: some of its trajectories are correct and some are not. Judged on accuracy
 * alone: all-wrong groups whose format differs must not survive.
 */
export function hasAccuracyVariance(isCorrect: readonly boolean[]): boolean {
  return isCorrect.includes(true) && isCorrect.includes(false);
}
