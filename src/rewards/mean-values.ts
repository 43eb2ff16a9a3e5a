import type { TrajectoryScore } from '../schema/trajectory.ts';

/** The mean value of each reward over scores, unweighted, by its name. */
export function meanValues(scores: readonly Pick<TrajectoryScore, 'rewardBreakdown'>[]): Record<string, number> {
  const names = new Set(scores.flatMap(({ rewardBreakdown }) => Object.keys(rewardBreakdown)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = scores.flatMap(({ rewardBreakdown }) => rewardBreakdown[name]?.value ?? []);
      return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
}
