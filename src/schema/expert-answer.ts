import { z } from 'zod';
import type { Route } from './route.ts';
import { RewardPart } from './trajectory.ts';

/**
 * Why SFT does not learn a response: its answer is not right, it is right and not in the format asked for, or it is both
 * and a reward of the run gives it too little.
 * @example 'unformatted'
 */
export const RefusalReason = z.enum(['wrong', 'unformatted', 'low-reward']);
export type RefusalReason = z.infer<typeof RefusalReason>;

/**
 * What one reply of an expert took.
 * @example { model: 'amazon.nova-pro-v1:0', inputTokens: 812, outputTokens: 344, dollars: 0.00175, waitSeconds: 6.3 }
 */
export const ExpertUsage = z.object({
  model: z.string().optional().describe('who replied, where the expert says'),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  dollars: z.number().nonnegative().optional().describe('US dollars; absent where no price is known'),
  waitSeconds: z.number().nonnegative().describe('from the first try to the reply, of when it was asked first'),
});
export type ExpertUsage = z.infer<typeof ExpertUsage>;

/**
 * How an expert came to an answer, and what all that was asked for its prompt took.
 * @example {
 *   model: 'amazon.nova-pro-v1:0', answer: 0, attempt: 2, replies: 2, inputTokens: 1730, outputTokens: 702,
 *   dollars: 0.0036, waitSeconds: 11.9,
 * }
 */
export const Consultation = ExpertUsage.extend({
  answer: z.int().nonnegative().describe('which of several answers this one is, from 0'),
  attempt: z.int().positive().describe('at which it was given; 2 was told what was wrong with 1'),
  replies: z.int().positive().describe('to this prompt, whatever became of them: what follows is of them all'),
});
export type Consultation = z.infer<typeof Consultation>;

/**
 * The expert's answer to a prompt whose capability is absent, the best of those it gave, and whether it was verified.
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
  isVerified: z.boolean().describe("right, in the format asked for, and not under a minimum of the run's rewards"),
  evidence: z.string(),
  refusal: RefusalReason.optional().describe('why SFT does not learn it'),
  reward: z.number().optional().describe('as a trajectory would earn; where the run has more rewards than those two'),
  rewardBreakdown: z.record(z.string(), RewardPart).optional(),
  consultation: Consultation.optional().describe('absent where nobody was asked: the answer was there'),
});
export type ExpertAnswer = z.infer<typeof ExpertAnswer>;

/**
 * What was paid and waited for over many prompts.
 * @example {
 *   expertReplies: 240, expertInputTokens: 194880, expertOutputTokens: 82560, expertDollars: 0.42,
 *   expertWaitSeconds: 1512.4,
 * }
 */
export const ExpertTotals = z.object({
  expertReplies: z.int().nonnegative(),
  expertInputTokens: z.int().nonnegative(),
  expertOutputTokens: z.int().nonnegative(),
  expertDollars: z.number().nonnegative().describe('of the replies that have a price'),
  expertWaitSeconds: z.number().nonnegative().describe('of all prompts one after the other'),
});
export type ExpertTotals = z.infer<typeof ExpertTotals>;

/**
 * What experts took over a run, and for how many prompts.
 * @example {
 *   consulted: 206, verified: 190, expertReplies: 240, expertInputTokens: 194880, expertOutputTokens: 82560,
 *   expertDollars: 0.42, expertWaitSeconds: 1512.4,
 * }
 */
export const ExpertCost = ExpertTotals.extend({
  consulted: z.int().nonnegative().describe('prompts asked about'),
  verified: z.int().nonnegative().describe('prompts with an answer that may teach'),
});
export type ExpertCost = z.infer<typeof ExpertCost>;

/**
 * How many prompts that needed an example have none, by reason: nobody was asked, or had an answer, or it was refused.
 * @example { notAsked: 0, unanswered: 2, wrong: 1, unformatted: 0 }
 */
export const WithoutExample = z.object({
  notAsked: z.int().nonnegative(),
  unanswered: z.int().nonnegative(),
  wrong: z.int().nonnegative(),
  unformatted: z.int().nonnegative(),
  lowReward: z.int().positive().optional().describe('absent where there is none'),
});
export type WithoutExample = z.infer<typeof WithoutExample>;

/**
 * Counts the prompts that an expert was to answer and that SFT has no example of. `routes` are in the order of their
 * shards, as the bound on consultations counts.
 */
export function countWithoutExample(
  routes: readonly Pick<Route, 'kind' | 'promptId'>[],
  answers: readonly Pick<ExpertAnswer, 'promptId' | 'isVerified' | 'refusal'>[],
  maxConsultations = Number.POSITIVE_INFINITY,
): WithoutExample {
  const answerOf = new Map(answers.map((answer) => [answer.promptId, answer]));
  const counts = { notAsked: 0, unanswered: 0, wrong: 0, unformatted: 0, 'low-reward': 0 };
  const lacking = routes.filter(({ kind }) => kind === 'expert');
  for (const [index, { promptId }] of lacking.entries()) {
    const answer = answerOf.get(promptId);
    if (answer?.isVerified) continue;
    if (answer) counts[answer.refusal ?? 'wrong'] += 1;
    else counts[index < maxConsultations ? 'unanswered' : 'notAsked'] += 1;
  }
  const { 'low-reward': lowReward, ...others } = counts;
  return { ...others, ...(lowReward > 0 && { lowReward }) };
}
