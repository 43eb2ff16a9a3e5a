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

/**
 * Why SFT does not learn a response: its answer is not right, or it is right and not in the format asked for.
 * @example 'unformatted'
 */
export const RefusalReason = z.enum(['wrong', 'unformatted']);
export type RefusalReason = z.infer<typeof RefusalReason>;

/**
 * One expert answer to a prompt whose capability is absent, and whether it was verified as correct.
 * @example {
 *   promptId: 'product-4b4f8eef98ed', provider: 'worked-solution',
 *   response: '<think>purple 6, yellow 6, 6 * 6 = 36.</think> <answer>\\boxed{36}</answer>', isVerified: true,
 *   evidence: 'correct: boxed "36" equals "36", as quantities',
 * }
 */
export const ExpertAnswer = z.object({
  promptId: z.string(),
  provider: z.string().describe('the expert that answered, e.g. `worked-solution`'),
  response: z.string(),
  isVerified: z.boolean().describe('the accuracy reward judged it correct, and it is in the format asked for'),
  evidence: z.string(),
  refusal: RefusalReason.optional().describe('why SFT does not learn it'),
});
export type ExpertAnswer = z.infer<typeof ExpertAnswer>;

/**
 * How many prompts that needed an example have none, by reason: nobody was asked, or had an answer, or it was refused.
 * @example { notAsked: 0, unanswered: 2, wrong: 1, unformatted: 0 }
 */
export const WithoutExample = z.object({
  notAsked: z.int().nonnegative(),
  unanswered: z.int().nonnegative(),
  wrong: z.int().nonnegative(),
  unformatted: z.int().nonnegative(),
});
export type WithoutExample = z.infer<typeof WithoutExample>;

/**
 * Counts the prompts that an expert was to answer and that SFT has no example of. `routes` are in the order of their shards, as
 * the bound on consultations counts.
 */
export function countWithoutExample(
  routes: readonly Pick<Route, 'kind' | 'promptId'>[],
  answers: readonly ExpertAnswer[],
  maxConsultations = Number.POSITIVE_INFINITY,
): WithoutExample {
  const answerOf = new Map(answers.map((answer) => [answer.promptId, answer]));
  const counts: WithoutExample = { notAsked: 0, unanswered: 0, wrong: 0, unformatted: 0 };
  const lacking = routes.filter(({ kind }) => kind === 'expert');
  for (const [index, { promptId }] of lacking.entries()) {
    const answer = answerOf.get(promptId);
    if (answer?.isVerified) continue;
    if (answer) counts[answer.refusal ?? 'wrong'] += 1;
    else counts[index < maxConsultations ? 'unanswered' : 'notAsked'] += 1;
  }
  return counts;
}
