import { BudgetCheck } from '../schema/budget.ts';
import { BudgetConfig } from '../schema/config/budget.ts';
import { budgetCheckKey, budgetKey, summaryKey } from '../schema/keys.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** Writes what a run may take, in place of what it might before; also while it goes on, which looks again before each stage. */
export async function writeBudget(store: Store, runId: string, budget: BudgetConfig | undefined): Promise<void> {
  if (budget) await store.write(budgetKey(runId), `${JSON.stringify(budget)}\n`);
  else if (await store.exists(budgetKey(runId))) await store.delete(budgetKey(runId));
}

/** Changes the bounds that are given, and leaves the others as they are. */
export async function raiseBudget(store: Store, runId: string, given: BudgetConfig): Promise<void> {
  const before = await readJsonIfPresent(store, budgetKey(runId), BudgetConfig);
  const after = overlayBudget(before, given);
  if (after) await writeBudget(store, runId, after);
}

/** A budget with the bounds of a command line in place of its own; undefined where neither has any. */
export function overlayBudget(budget: BudgetConfig | undefined, given: BudgetConfig): BudgetConfig | undefined {
  const { usd, hours } = given;
  const bounds = { ...budget, ...(usd !== undefined && { usd }), ...(hours !== undefined && { hours }) };
  return Object.keys(bounds).length > 0 ? bounds : undefined;
}

/** What stopped a run that is not done, where the last look at its budget did; undefined where none did. */
export async function readBudgetStop(store: Store, runId: string): Promise<BudgetCheck | undefined> {
  const check = await readJsonIfPresent(store, budgetCheckKey(runId), BudgetCheck);
  if (check?.outcome !== 'stopped' || (await store.exists(summaryKey(runId)))) return undefined;
  return check;
}
