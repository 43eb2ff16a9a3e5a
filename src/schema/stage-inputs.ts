import { z } from 'zod';

/**
 * What travels through the state machine: keys and counts, never data.
 * Each Lambda and Batch job parses its input with the schema that the table of stages names; each payload stays far under
 * 256 KiB.
 */

/**
 * A name or key without quotes, backslashes or line breaks: the state becomes JSON within JSON on its way to a job, where
 * interpreters differ on what those mean. Free text stays on the store.
 */
const Key = z.string().regex(/^[A-Za-z0-9._/=@+-]+$/, 'has other characters than letters, digits and ._/=@+-');

/**
 * Input of an execution.
 * @example { runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json' }
 */
export const ExecutionInput = z.object({
  runId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/),
  configKey: Key,
});
export type ExecutionInput = z.infer<typeof ExecutionInput>;

/**
 * Output of `Validate`: counts the state machine branches on.
 * @example { runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', iterations: 6, nextIteration: 0 }
 */
export const ValidateOutput = ExecutionInput.extend({
  iterations: z.int().nonnegative(),
  nextIteration: z.int().nonnegative().describe('0 at the start'),
});
export type ValidateOutput = z.infer<typeof ValidateOutput>;

/**
 * Input of `Plan` (an iteration) and `PlanDiagnosis`.
 * @example { runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', rollout: 'iteration', iteration: 3 }
 */
export const PlanInput = ExecutionInput.extend({
  rollout: z.enum(['iteration', 'diagnosis']),
  iteration: z.int().nonnegative().describe('iterations trained; of a diagnosis all of them'),
});
export type PlanInput = z.infer<typeof PlanInput>;

/**
 * Output of a plan: one rollout to sample, split into shards.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', rollout: 'iteration-000003', iteration: 3,
 *   policyVersion: 3, policyPrefix: 'runs/tiny-ea66957b/iteration-000002/checkpoint/', shardCount: 1,
 *   shardsKey: 'runs/tiny-ea66957b/iteration-000003/plan/shards.json', nextIteration: 4, iterations: 6,
 *   pipelined: false,
 * }
 */
export const RolloutPlan = ExecutionInput.extend({
  rollout: Key.describe('`iteration-000003` or `diagnosis`'),
  iteration: z.int().nonnegative().describe('iterations trained before the one that learns from this rollout'),
  policyVersion: z
    .int()
    .nonnegative()
    .describe(
      'iterations trained in the policy to sample with: `iteration`, one less when pipelined, or those of the best policy',
    ),
  policyPrefix: Key.describe('folder of the policy to sample with'),
  shardCount: z.int().positive(),
  shardsKey: Key.describe('JSON array of ShardItem, read by the Map states'),
  nextIteration: z.int().nonnegative(),
  iterations: z.int().nonnegative(),
  pipelined: z.boolean().describe('whether the next rollout is sampled while training on this one'),
  measured: z.literal(true).optional().describe('of an iteration: where the policy after it is measured'),
  expertModel: Key.optional().describe(
    'of a diagnosis: folder of the model that is the expert, where a job samples it',
  ),
});
export type RolloutPlan = z.infer<typeof RolloutPlan>;

/**
 * One item of the scoring, routing and expert Maps.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', rollout: 'iteration-000003', shard: 0,
 *   shardCount: 1,
 * }
 */
export const ShardItem = ExecutionInput.extend({
  rollout: Key,
  shard: z.int().nonnegative(),
  shardCount: z.int().positive(),
});
export type ShardItem = z.infer<typeof ShardItem>;

/**
 * A Batch job's input: environment `RISE_INPUT`, as JSON. The array index picks the shard.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', rollout: 'iteration-000003', iteration: 3,
 *   policyVersion: 3, policyPrefix: 'runs/tiny-ea66957b/iteration-000002/checkpoint/', shardCount: 1,
 * }
 */
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

/**
 * A training job's input: the policy of the iteration before is trained, whichever policy sampled.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', rollout: 'iteration-000003', iteration: 3,
 *   policyVersion: 3, shardCount: 1,
 * }
 */
export const TrainRlJob = RolloutJob.omit({ policyPrefix: true });
export type TrainRlJob = z.infer<typeof TrainRlJob>;

/**
 * Input of a job that measures the policy after an iteration.
 * @example { runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', iteration: 3 }
 */
export const EvaluateIterationJob = RolloutPlan.pick({ runId: true, configKey: true, iteration: true });
export type EvaluateIterationJob = z.infer<typeof EvaluateIterationJob>;

/**
 * Input of the jobs that go on with the policy that was diagnosed.
 * @example { runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', policyVersion: 6 }
 */
export const DiagnosedPolicy = RolloutPlan.pick({ runId: true, configKey: true, policyVersion: true });
export type DiagnosedPolicy = z.infer<typeof DiagnosedPolicy>;

/**
 * Input of what comes after the diagnosis as a whole.
 * @example { runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', shardCount: 1 }
 */
export const DiagnosedRun = RolloutPlan.pick({ runId: true, configKey: true, shardCount: true });
export type DiagnosedRun = z.infer<typeof DiagnosedRun>;

/** What a budget is asked about: an iteration of RL as a whole, also the one after that under way, or a stage. */
export const BUDGETED = [
  'iteration',
  'iteration-ahead',
  'diagnosis',
  'consult-expert',
  'train-sft',
  'evaluate',
] as const;
export type Budgeted = (typeof BUDGETED)[number];

/**
 * Input of `CheckBudget`: what comes next, and the state that goes on to it.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', next: 'train-sft',
 *   state: { runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', iteration: 6, shardCount: 1 },
 * }
 */
export const BudgetQuestion = ExecutionInput.extend({
  next: z.enum(BUDGETED),
  state: z.looseObject({ iteration: z.int().nonnegative(), shardCount: z.int().positive() }),
});
export type BudgetQuestion = z.infer<typeof BudgetQuestion>;

/**
 * Input of `RecordFailure`: what stopped the execution, as Step Functions reports it. The one input with free text: no state
 * after it passes its own on.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', error: 'StalledError',
 *   cause: 'rollout was silent for 600 s after 0 of 384 completions; if that step really takes longer, ..',
 *   executionId: 'local:tiny-ea66957b',
 * }
 */
export const FailureInput = ExecutionInput.extend({
  error: z.string().describe('error name, e.g. `States.TaskFailed`'),
  cause: z.string().describe('message; of a Lambda on AWS, its error as JSON'),
  executionId: z.string(),
});
export type FailureInput = z.infer<typeof FailureInput>;

/**
 * `runs/<runId>/started.json`: when a run was first started.
 * @example { startedAt: '2026-11-28T18:54:01.250Z' }
 */
export const StartRecord = z.object({ startedAt: z.iso.datetime() });
export type StartRecord = z.infer<typeof StartRecord>;

/**
 * `runs/<runId>/failure.json`: the last failure of a run; a later execution may have succeeded.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', error: 'StalledError',
 *   cause: 'rollout was silent for 600 s after 0 of 384 completions; if that step really takes longer, ..',
 *   executionId: 'local:tiny-ea66957b', failedAt: '2026-11-28T18:55:53.072Z',
 * }
 */
export const FailureRecord = FailureInput.extend({ failedAt: z.iso.datetime() });
export type FailureRecord = z.infer<typeof FailureRecord>;
