import { z } from 'zod';

/** A route of one kind with its evidence: the share and the indices of the group's correct trajectories. */
const aRoute = <Kind extends string, PassRate extends z.ZodType<number>, Indices extends z.ZodType<number[]>>(
  kind: Kind,
  passRate: PassRate,
  correctTrajectoryIndices: Indices,
) =>
  z.object({
    promptId: z.string(),
    kind: z.literal(kind),
    passRate,
    groupSize: z.int().positive(),
    correctTrajectoryIndices,
  });

const indices = z.array(z.int().nonnegative()).min(1);
export const SelfDistillRoute = aRoute('self-distill', z.number().gt(0).lt(1), indices);
export type SelfDistillRoute = z.infer<typeof SelfDistillRoute>;
export const ExpertRoute = aRoute('expert', z.literal(0), z.tuple([]));
export type ExpertRoute = z.infer<typeof ExpertRoute>;

/**
 * What SFT needs from a prompt, decided from its diagnosis group: nothing more, the policy's own successes, or an expert.
 * @example { promptId: 'sum-0f3a92', kind: 'self-distill', passRate: 0.25, groupSize: 8, correctTrajectoryIndices: [2, 5] }
 */
export const Route = z.discriminatedUnion('kind', [
  aRoute('mastered', z.literal(1), indices),
  SelfDistillRoute,
  ExpertRoute,
]);
export type Route = z.infer<typeof Route>;

/** How many prompts took each route. */
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

/**
 * One expert answer to a prompt whose capability is absent, and whether it was verified as correct.
 * @example { promptId: 'product-91c2', provider: 'worked-solution', response: '<think>..', isVerified: true, evidence: 'correct: ..' }
 */
export const ExpertAnswer = z.object({
  promptId: z.string(),
  provider: z.string().describe('the expert that answered, e.g. `worked-solution`'),
  response: z.string(),
  isVerified: z.boolean().describe('the accuracy reward judged it correct'),
  evidence: z.string(),
});
export type ExpertAnswer = z.infer<typeof ExpertAnswer>;
