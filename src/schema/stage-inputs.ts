import { z } from 'zod';

/**
 * What travels through the state machine: keys and counts, never data.
 * Each Lambda and Batch job parses its input with the schema that the table of stages names; each payload stays far under
 * 256 KiB.
 */

/** Input of an execution. */
export const ExecutionInput = z.object({
  runId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/),
  configKey: z.string(),
});
export type ExecutionInput = z.infer<typeof ExecutionInput>;

/** Output of `Validate`: counts the state machine branches on. */
export const ValidateOutput = ExecutionInput.extend({
  iterations: z.int().nonnegative(),
  nextIteration: z.int().nonnegative().describe('0 at the start'),
});
export type ValidateOutput = z.infer<typeof ValidateOutput>;

/** Input of `Plan` (an iteration) and `PlanDiagnosis`. */
export const PlanInput = ExecutionInput.extend({
  rollout: z.enum(['iteration', 'diagnosis']),
  iteration: z.int().nonnegative().describe('iterations trained; of a diagnosis all of them'),
});
export type PlanInput = z.infer<typeof PlanInput>;

/** Output of a plan: one rollout to sample, split into shards. */
export const RolloutPlan = ExecutionInput.extend({
  rollout: z.string().describe('`iteration-000003` or `diagnosis`'),
  iteration: z.int().nonnegative().describe('iterations trained before the one that learns from this rollout'),
  policyVersion: z
    .int()
    .nonnegative()
    .describe('iterations trained in the policy to sample with: `iteration`, or one less when pipelined'),
  policyPrefix: z.string().describe('folder of the policy to sample with'),
  shardCount: z.int().positive(),
  shardsKey: z.string().describe('JSON array of ShardItem, read by the Map states'),
  nextIteration: z.int().nonnegative(),
  iterations: z.int().nonnegative(),
  pipelined: z.boolean().describe('whether the next rollout is sampled while training on this one'),
});
export type RolloutPlan = z.infer<typeof RolloutPlan>;

/** One item of the scoring, routing and expert Maps. */
export const ShardItem = z.object({
  runId: z.string(),
  configKey: z.string(),
  rollout: z.string(),
  shard: z.int().nonnegative(),
  shardCount: z.int().positive(),
});
export type ShardItem = z.infer<typeof ShardItem>;

/** A Batch job's input: environment `RISE_INPUT`, as JSON. The array index picks the shard. */
export const RolloutJob = RolloutPlan.pick({
  runId: true,
  configKey: true,
  rollout: true,
  iteration: true,
  policyVersion: true,
  policyPrefix: true,
  shardCount: true,
});
export type RolloutJob = z.infer<typeof RolloutJob>;

/** It trains the policy of the iteration before, whichever policy sampled. */
export const TrainRlJob = RolloutJob.omit({ policyPrefix: true });
export type TrainRlJob = z.infer<typeof TrainRlJob>;

/** Input of what comes after the diagnosis as a whole. */
export const DiagnosedRun = RolloutPlan.pick({ runId: true, configKey: true, shardCount: true });
export type DiagnosedRun = z.infer<typeof DiagnosedRun>;

/** Input of `RecordFailure`: what stopped the execution, as Step Functions reports it. */
export const FailureInput = ExecutionInput.extend({
  error: z.string().describe('error name, e.g. `States.TaskFailed`'),
  cause: z.string().describe('message; of a Lambda on AWS, its error as JSON'),
  executionId: z.string(),
});
export type FailureInput = z.infer<typeof FailureInput>;
