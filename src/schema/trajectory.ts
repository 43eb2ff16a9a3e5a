import { z } from 'zod';

/** Numbers of a long list, checked in one pass: a schema per number takes longer than the grading of the response. */
const numbers = (isOne: (value: unknown) => boolean, kind: string) =>
  z.custom<number[]>((value) => Array.isArray(value) && value.every(isOne), `not a list of ${kind}`);
const isTokenId = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;

/** One completion of a prompt, with everything training needs to learn from it. */
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

/** What a paid judgement took when it was made. */
export const JudgeUsage = z.object({
  id: z.string().describe('of the judgement; equal responses to a prompt share one, which costs once'),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  dollars: z.number().nonnegative().optional().describe('by the prices in the config, if it has some'),
});
export type JudgeUsage = z.infer<typeof JudgeUsage>;

/** What paid judges took over many scores, each judgement counted once. Flat, for summaries and dashboards. */
export const JudgeTotals = z.object({
  judgements: z.int().nonnegative(),
  judgeInputTokens: z.int().nonnegative(),
  judgeOutputTokens: z.int().nonnegative(),
  judgeDollars: z.number().nonnegative().describe('of the judgements that have a price'),
});
export type JudgeTotals = z.infer<typeof JudgeTotals>;

/** One part of a reward, with the evidence it rests on. */
export const RewardPart = z.object({
  value: z.number(),
  weight: z.number(),
  version: z.string().describe('of the reward, e.g. `accuracy@1`'),
  evidence: z.string().describe('why this value, in words'),
  usage: JudgeUsage.optional(),
});
export type RewardPart = z.infer<typeof RewardPart>;

/** What a trajectory earned: `reward = sum of weight * value` over the breakdown. */
export const TrajectoryScore = z.object({
  promptId: z.string(),
  trajectoryIndex: z.int().nonnegative(),
  reward: z.number(),
  isCorrect: z.boolean().describe('verdict of the accuracy reward alone'),
  rewardBreakdown: z.record(z.string(), RewardPart),
});
export type TrajectoryScore = z.infer<typeof TrajectoryScore>;
