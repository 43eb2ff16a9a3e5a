import { z } from 'zod';

/** Numbers of a long list, checked in one pass: a schema per number takes longer than the grading of the response. */
const numbers = (isOne: (value: unknown) => boolean, kind: string) =>
  z.custom<number[]>((value) => Array.isArray(value) && value.every(isOne), `not a list of ${kind}`);
const isTokenId = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;

/**
 * One completion of a prompt, with everything training needs to learn from it.
 * @example {
 *   promptId: 'count-e44642a006e1', trajectoryIndex: 6, policyVersion: 6, seed: 1745432086,
 *   tokenIds: [407, 19, 307, 341, 13, 408, 220, 409, 281, 90, 19, 92, 410, 402],
 *   samplingLogprobs: [
 *     -0.032, -1.9, -0.00012, -0.00012, -6.6e-06, -1.8e-05, -1e-05, -8.3e-07, -2.1e-06, -6.9e-05, -0.00016, -7.2e-07,
 *     0, -2.1e-06,
 *   ],
 *   text: '<think>4 green squares.</think> <answer>\\boxed{4}</answer>', finishReason: 'stop',
 * }
 */
export const Trajectory = z
  .object({
    promptId: z.string(),
    trajectoryIndex: z.int().nonnegative().describe('0 .. groupSize-1 within its group'),
    policyVersion: z.int().nonnegative().describe('iterations trained before this was sampled; 0 is the base policy'),
    seed: z
      .int()
      .nonnegative()
      .describe('32-bit sampling seed, a hash of run seed, rollout, promptId, trajectoryIndex'),
    tokenIds: numbers(isTokenId, 'token ids').describe('sampled tokens, the stop token included'),
    samplingLogprobs: numbers(Number.isFinite, 'finite numbers').describe(
      'log-probability of each sampled token under the policy at temperature 1 over the full vocabulary',
    ),
    text: z.string().describe('decoded tokens without special tokens'),
    finishReason: z.enum(['stop', 'length']),
  })
  .refine((trajectory) => trajectory.tokenIds.length === trajectory.samplingLogprobs.length, {
    error: 'tokenIds and samplingLogprobs differ in length; resample this group',
  });
export type Trajectory = z.infer<typeof Trajectory>;

/**
 * What a paid judgement took when it was made.
 * @example { id: '4be3f03d8a51c6e7', inputTokens: 100, outputTokens: 10, dollars: 0.002 }
 */
export const JudgeUsage = z.object({
  id: z.string().describe('of the judgement; equal responses to a prompt share one, which costs once'),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  dollars: z.number().nonnegative().optional().describe('by the prices in the config, if it has some'),
});
export type JudgeUsage = z.infer<typeof JudgeUsage>;

/**
 * What paid judges took over many scores, each judgement counted once. Flat, for summaries and dashboards.
 * @example { judgements: 3, judgeInputTokens: 300, judgeOutputTokens: 30, judgeDollars: 0.006 }
 */
export const JudgeTotals = z.object({
  judgements: z.int().nonnegative(),
  judgeInputTokens: z.int().nonnegative(),
  judgeOutputTokens: z.int().nonnegative(),
  judgeDollars: z.number().nonnegative().describe('of the judgements that have a price'),
});
export type JudgeTotals = z.infer<typeof JudgeTotals>;

/**
 * One part of a reward, with the evidence it rests on.
 * @example { value: 1, weight: 0.9, version: 'accuracy@4', evidence: 'correct: boxed "4" equals "4", as quantities' }
 */
export const RewardPart = z.object({
  value: z.number(),
  weight: z.number(),
  version: z.string().describe('of the reward, e.g. `accuracy@1`'),
  evidence: z.string().describe('why this value, in words'),
  usage: JudgeUsage.optional(),
});
export type RewardPart = z.infer<typeof RewardPart>;

/**
 * What a trajectory earned: `reward = sum of weight * value` over the breakdown.
 * @example {
 *   promptId: 'count-e44642a006e1', trajectoryIndex: 6, reward: 1, isCorrect: true,
 *   rewardBreakdown: {
 *     accuracy: {
 *       value: 1, weight: 0.9, version: 'accuracy@4', evidence: 'correct: boxed "4" equals "4", as quantities',
 *     },
 *     format: { value: 1, weight: 0.1, version: 'format@1', evidence: 'think and answer tags, once each' },
 *   },
 * }
 */
export const TrajectoryScore = z.object({
  promptId: z.string(),
  trajectoryIndex: z.int().nonnegative(),
  reward: z.number(),
  isCorrect: z.boolean().describe('verdict of the accuracy reward alone'),
  rewardBreakdown: z.record(z.string(), RewardPart),
});
export type TrajectoryScore = z.infer<typeof TrajectoryScore>;
