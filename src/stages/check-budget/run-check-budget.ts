import { type Amount, type BudgetCheck, BudgetStop } from '../../schema/budget.ts';
import { BudgetConfig } from '../../schema/config/budget.ts';
import { budgetCheckKey, budgetKey } from '../../schema/keys.ts';
import type { BudgetQuestion } from '../../schema/stage-inputs.ts';
import { readConfig, readJsonIfPresent } from '../../store/records.ts';
import { costByStage, type Prices, pricesFor, readSpending, sumAmounts } from '../read-spending.ts';
import type { StageDeps } from '../stage-deps.ts';
import { decideBudget } from './decide-budget.ts';
import { type ForecastJob, forecastNext } from './forecast-next.ts';

export interface BudgetDeps extends Pick<StageDeps, 'store'> {
  /** Of where the run's jobs are; absent where only the budget may say. */
  prices?: Prices;
  forecastJob: ForecastJob;
}

/**
 * Asks whether the run's budget has room for what comes next: gives the state as it is, or one that says that the run has
 * stopped. The budget is read each time, so that it may be raised while the run goes on.
 */
export async function runCheckBudget(
  { store, prices: known, forecastJob }: BudgetDeps,
  question: BudgetQuestion,
): Promise<BudgetQuestion['state'] | BudgetStop> {
  const { runId, configKey, next, state } = question;
  const budget = await readJsonIfPresent(store, budgetKey(runId), BudgetConfig);
  if (budget?.usd === undefined && budget?.hours === undefined) return state;
  const [config, spending] = await Promise.all([readConfig(store, configKey), readSpending(store, runId)]);
  const prices = pricesFor(known, budget);
  const needed = await forecastNext(store, { config, spending, prices, forecastJob }, question);
  if (!needed) return state;
  const spent: Amount = sumAmounts(Object.values(costByStage(spending, prices)));
  const outcome = decideBudget(budget, spent, needed);
  const checkedAt = new Date().toISOString();
  const check: BudgetCheck = { runId, configKey, outcome, next: nameOf(next, state), budget, spent, needed, checkedAt };
  await store.write(budgetCheckKey(runId), `${JSON.stringify(check, null, 2)}\n`);
  return outcome === 'goes-on' ? state : BudgetStop.parse({ ...check, stopped: 'budget' });
}

/** `iteration 3`, as people count; a stage by its name. */
function nameOf(next: BudgetQuestion['next'], { iteration }: BudgetQuestion['state']): string {
  if (next === 'iteration') return `iteration ${iteration + 1}`;
  return next === 'iteration-ahead' ? `iteration ${iteration + 2}` : next;
}
