import { z } from 'zod';

/** A route of one kind with its evidence: the share and the indices of the group's correct trajectories. */
const aRoute = <Kind extends string>(kind: Kind, leastCorrect: 0 | 1) =>
  z
    .object({
      promptId: z.string(),
      kind: z.literal(kind),
      passRate: z.number().min(0).max(1),
      groupSize: z.int().positive(),
      correctTrajectoryIndices: z.array(z.int().nonnegative()).min(leastCorrect),
    })
    .refine(
      ({ passRate, groupSize, correctTrajectoryIndices }) => passRate === correctTrajectoryIndices.length / groupSize,
      {
        error: 'passRate is not the share of the correct trajectories; route the prompts again',
      },
    );

/**
 * The route of a prompt that the policy solves at times: its own successes teach. Where an interval decides, all may be right.
 * @example {
 *   promptId: 'count-e44642a006e1', kind: 'self-distill', passRate: 0.25, groupSize: 8,
 *   correctTrajectoryIndices: [1, 6],
 * }
 */
export const SelfDistillRoute = aRoute('self-distill', 1);
export type SelfDistillRoute = z.infer<typeof SelfDistillRoute>;

/**
 * The route of a prompt that is beyond the policy, or solved too seldom for the config's thresholds: an expert is asked.
 * @example {
 *   promptId: 'product-4b4f8eef98ed', kind: 'expert', passRate: 0, groupSize: 8, correctTrajectoryIndices: [],
 * }
 */
export const ExpertRoute = aRoute('expert', 0);
export type ExpertRoute = z.infer<typeof ExpertRoute>;

/**
 * What SFT needs from a prompt, decided from its diagnosis group: nothing more, the policy's own successes, or an expert.
 * @example {
 *   promptId: 'sum-261d4020fd66', kind: 'mastered', passRate: 1, groupSize: 8,
 *   correctTrajectoryIndices: [0, 1, 2, 3, 4, 5, 6, 7],
 * }
 */
export const Route = z.discriminatedUnion('kind', [aRoute('mastered', 1), SelfDistillRoute, ExpertRoute]);
export type Route = z.infer<typeof Route>;

/**
 * How many prompts took each route.
 * @example { mastered: 381, selfDistill: 253, expert: 206 }
 */
export const RouteCounts = z.object({
  mastered: z.int().nonnegative(),
  selfDistill: z.int().nonnegative(),
  expert: z.int().nonnegative(),
});
export type RouteCounts = z.infer<typeof RouteCounts>;

export function countRoutes(routes: readonly Pick<Route, 'kind'>[]): RouteCounts {
  const count = (kind: Route['kind']) => routes.filter((route) => route.kind === kind).length;
  return { mastered: count('mastered'), selfDistill: count('self-distill'), expert: count('expert') };
}
