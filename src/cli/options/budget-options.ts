import type { Command } from 'commander';
import type { BudgetConfig } from '../../schema/config/budget.ts';
import { numberOption } from './number-option.ts';

export interface BudgetOptions {
  budgetUsd?: number;
  budgetHours?: number;
}

/** Exit code of a command whose run has stopped at its budget. */
export const STOPPED_BY_BUDGET = 3;

/** Bounds of what a run may take, instead of those that it has. */
export const withBudgetOptions = (command: Command): Command =>
  command
    .option(
      '--budget-usd <usd>',
      'stop the run before it would cost more, instead of its budget.usd',
      numberOption({ least: 0.0001 }),
    )
    .option(
      '--budget-hours <hours>',
      'stop it before its jobs would take longer, instead of budget.hours',
      numberOption({ least: 0.0001 }),
    );

export const budgetOf = ({ budgetUsd: usd, budgetHours: hours }: BudgetOptions): BudgetConfig => ({ usd, hours });
