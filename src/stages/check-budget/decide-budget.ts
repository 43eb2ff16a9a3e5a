import type { Amount, BudgetCheck } from '../../schema/budget.ts';
import type { BudgetConfig } from '../../schema/config/budget.ts';

/**
 * Whether what comes next may begin: what it needs fits into what is left. Where nothing tells what it needs, it may begin as
 * long as anything is left.
 */
export function decideBudget(
  { usd = Number.POSITIVE_INFINITY, hours = Number.POSITIVE_INFINITY }: BudgetConfig,
  spent: Amount,
  needed: Amount,
): BudgetCheck['outcome'] {
  const isLeft = spent.usd < usd && spent.hours < hours;
  const isRoom = spent.usd + needed.usd <= usd && spent.hours + needed.hours <= hours;
  return isLeft && isRoom ? 'goes-on' : 'stopped';
}
