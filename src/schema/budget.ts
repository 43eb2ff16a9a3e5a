import { z } from 'zod';
import { BudgetConfig } from './config/budget.ts';
import { ExecutionInput } from './stage-inputs.ts';
import { JOB_NAMES } from './stages.ts';

/**
 * What one attempt of a job has taken, written beside the run's records: outside every manifest.
 * @example { stage: 'rollout', seconds: 41.2, items: 384 }
 */
export const JobAttempt = z.object({
  stage: z.enum(JOB_NAMES),
  seconds: z.number().nonnegative().describe('in its container'),
  items: z
    .int()
    .nonnegative()
    .describe(
      'completions it sampled, or sequences it learned from; 0 until it is done, or where it found all done, or took it',
    ),
  found: z
    .enum(['done', 'taken'])
    .optional()
    .describe('where it had nothing to do: its work was there, or in another run'),
});
export type JobAttempt = z.infer<typeof JobAttempt>;

/**
 * What something takes.
 * @example { usd: 3.21, hours: 1.5 }
 */
export const Amount = z.object({
  usd: z.number().nonnegative(),
  hours: z.number().nonnegative().describe('of jobs'),
});
export type Amount = z.infer<typeof Amount>;

/**
 * `runs/<runId>/budget-check.json`: what came of asking, last, whether a run's budget has room for what comes next.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', outcome: 'stopped', next: 'train-sft',
 *   budget: { hours: 0.01 }, spent: { usd: 0, hours: 0.0062 }, needed: { usd: 0, hours: 0.0045 },
 *   checkedAt: '2026-11-29T00:12:45.001Z',
 * }
 */
export const BudgetCheck = ExecutionInput.extend({
  outcome: z.enum(['goes-on', 'stopped']),
  next: z.string().describe('what comes next: an iteration, or a stage'),
  budget: BudgetConfig,
  spent: Amount,
  needed: Amount.describe('by what the run has measured, else by arithmetic; 0 where neither tells'),
  checkedAt: z.iso.datetime(),
});
export type BudgetCheck = z.infer<typeof BudgetCheck>;

/**
 * The state of a run that has stopped at its budget, which is the output of its execution.
 * @example {
 *   runId: 'tiny-ea66957b', configKey: 'runs/tiny-ea66957b/config.json', outcome: 'stopped', next: 'train-sft',
 *   budget: { hours: 0.01 }, spent: { usd: 0, hours: 0.0062 }, needed: { usd: 0, hours: 0.0045 },
 *   checkedAt: '2026-11-29T00:12:45.001Z', stopped: 'budget',
 * }
 */
export const BudgetStop = BudgetCheck.extend({ stopped: z.literal('budget') });
export type BudgetStop = z.infer<typeof BudgetStop>;

/**
 * What a run has cost: by stage, and for each of what it made.
 * @example {
 *   total: { usd: 3.21, hours: 1.5 },
 *   stages: { rollout: { usd: 2, hours: 1 }, 'train-rl': { usd: 1.2, hours: 0.5 }, score: { usd: 0.01, hours: 0 } },
 *   perSolvedPrompt: { count: 840, usd: 0.0038, hours: 0.0018 },
 *   perKeptExample: { count: 465, usd: 0.0069, hours: 0.0032 },
 * }
 */
export const RunCost = z.object({
  total: Amount,
  stages: z
    .record(z.string(), Amount)
    .describe('jobs by their hours and prices; of `score` judges, of experts their own'),
  perSolvedPrompt: Amount.extend({ count: z.int() })
    .optional()
    .describe('training prompts that the RL policy or the expert answered right; of all but SFT and evaluation'),
  perKeptExample: Amount.extend({ count: z.int() }).optional().describe('SFT examples; of all but SFT and evaluation'),
});
export type RunCost = z.infer<typeof RunCost>;
