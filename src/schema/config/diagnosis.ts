import { z } from 'zod';
import { computeWilsonInterval } from '../../base/statistics/wilson.ts';

const share = z.number().min(0).max(1);

/** How a pass rate decides the route of a prompt. */
export const DecisionRule = z.object({
  decideBy: z
    .enum(['pass-rate', 'wilson-interval'])
    .default('pass-rate')
    .describe("what meets the thresholds: the share of a prompt's K trajectories that are right, or its 95% interval"),
  selfDistillMin: share.default(0).describe('a pass rate below it goes to the expert; no success always does'),
  masteredMin: share.gt(0).default(1).describe('a pass rate of at least this is mastered: nothing is learned'),
});
export type DecisionRule = z.infer<typeof DecisionRule>;

/** The thresholds of Metis-RISE (arXiv 2506.13056): 1 is mastered, 0 goes to the expert, what lies between is distilled. */
export const PAPER_RULE: DecisionRule = DecisionRule.parse({});

/** Which of its own successes the policy learns from; `docs/routing.md` says in which order the rules apply. */
export const SelfDistillConfig = z
  .strictObject({
    order: z
      .enum(['random', 'shortest', 'diverse'])
      .default('random')
      .describe('which come first: by the seed, fewest tokens, or the least alike'),
    format: z
      .enum(['preferred', 'required', 'free'])
      .default('preferred')
      .describe('whether one must end by itself in the format asked for: where any does, always, or never'),
    minTokens: z.int().nonnegative().optional().describe('fewest sampled tokens'),
    maxTokens: z.int().positive().optional().describe('most sampled tokens'),
    nearDuplicates: z
      .strictObject({
        words: z.int().positive().default(3).describe('n of the word n-grams'),
        similarity: share.gt(0).describe('Jaccard similarity from which two texts count as one'),
      })
      .optional()
      .describe('texts that are nearly the same count as one; equal ones always do'),
    minRewards: z.record(z.string(), z.number()).default({}).describe('the least value of a reward, by its name'),
  })
  .refine(({ minTokens = 0, maxTokens = Number.POSITIVE_INFINITY }) => minTokens <= maxTokens, {
    error: 'minTokens is more than maxTokens: no trajectory would be kept',
    path: ['minTokens'],
  })
  .prefault({});
export type SelfDistillConfig = z.infer<typeof SelfDistillConfig>;

/** What the RL policy is asked to find out what it lacks, and what follows from its answers. */
export const DiagnosisConfig = z
  .strictObject({
    prompts: z.int().positive().optional().describe('how many training prompts to diagnose; all when absent'),
    trajectoriesPerPrompt: z.int().positive().default(8).describe('K'),
    ...DecisionRule.shape,
    maxKeptPerPrompt: z
      .int()
      .nonnegative()
      .default(4)
      .describe('M, self-distilled trajectories kept per prompt; 0 leaves self-distillation out'),
    selfDistill: SelfDistillConfig.describe('which of the right trajectories are kept'),
  })
  .superRefine((diagnosis, context) => {
    for (const { field, message } of findRuleFaults(diagnosis, diagnosis.trajectoriesPerPrompt)) {
      context.addIssue({ code: 'custom', path: [field], message, input: diagnosis[field] });
    }
  })
  .prefault({});
export type DiagnosisConfig = z.infer<typeof DiagnosisConfig>;

/** What is wrong with a rule for groups of this size: thresholds that cross, or one that no group can meet. */
export function findRuleFaults(
  { decideBy, selfDistillMin, masteredMin }: DecisionRule,
  groupSize: number,
): { field: 'masteredMin'; message: string }[] {
  if (selfDistillMin > masteredMin) {
    return [{ field: 'masteredMin', message: `less than selfDistillMin, ${selfDistillMin}; raise it, or lower that` }];
  }
  const most = decideBy === 'pass-rate' ? 1 : computeWilsonInterval(groupSize, groupSize).low;
  if (masteredMin <= most) return [];
  const bound = (Math.floor(1000 * most) / 1000).toFixed(3);
  const message =
    `no prompt can be mastered: with ${groupSize} trajectories, all right, the interval begins at ${bound}; ` +
    `lower it to that, or raise trajectoriesPerPrompt`;
  return [{ field: 'masteredMin', message }];
}
