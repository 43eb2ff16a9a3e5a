import type { Lesson, ScoredGroup } from './algorithm.ts';

/** What keeps the division finite; as peers have it. */
const EPSILON = 1e-6;

/** The advantages of one prompt's trajectories, from their rewards. */
export type ComputeAdvantages = (rewards: readonly number[]) => number[];

/** Lessons of the groups that are partly correct; the others teach nothing. */
export function teachGroups(groups: readonly ScoredGroup[], computeAdvantages: ComputeAdvantages): Lesson[] {
  return groups.filter(isPartlyCorrect).flatMap(({ prompt, members }) => {
    const advantages = computeAdvantages(members.map(({ score }) => score.reward));
    return members.map(({ trajectory }, at) => ({ prompt, trajectory, advantage: advantages[at] }));
  });
}

/**
 * Whether some of a group's trajectories are correct and some are not. Judged on accuracy alone: all-wrong groups whose
 * format differs must not survive.
 */
export function isPartlyCorrect({ members }: { members: readonly { score: { isCorrect: boolean } }[] }): boolean {
  return members.some(({ score }) => score.isCorrect) && members.some(({ score }) => !score.isCorrect);
}

/** Rewards less their mean, `R - mean(R)`. A group of one has mean 0. */
export function centre(rewards: readonly number[]): number[] {
  const mean = rewards.length === 1 ? 0 : rewards.reduce((a, b) => a + b, 0) / rewards.length;
  return rewards.map((reward) => reward - mean);
}

/**
 * Centred rewards in units of their sample standard deviation (n - 1): `(R - mean(R)) / (std(R) + 1e-6)`. A group of one
 * has standard deviation 1.
 */
export function standardize(rewards: readonly number[]): number[] {
  const centred = centre(rewards);
  const count = rewards.length;
  const deviation = count === 1 ? 1 : Math.sqrt(centred.reduce((sum, d) => sum + d * d, 0) / (count - 1));
  return centred.map((d) => d / (deviation + EPSILON));
}
