import { z } from 'zod';

/** Bounds of what a run may take. They are no part of what it computes: another budget is the same run. */
export const BudgetConfig = z.strictObject({
  usd: z
    .number()
    .positive()
    .optional()
    .describe('US dollars: hours of jobs by their price, judges, experts; no bound when absent'),
  hours: z
    .number()
    .positive()
    .optional()
    .describe('of all jobs together, those that run side by side each counted; no bound when absent'),
  hourUsd: z
    .number()
    .positive()
    .optional()
    .describe('what an hour of a job costs on this machine: nothing when absent; on AWS the stack has the prices'),
});
export type BudgetConfig = z.infer<typeof BudgetConfig>;
