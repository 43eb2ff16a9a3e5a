import { z } from 'zod';
import type { Amount, RunCost } from '../../schema/budget.ts';
import { BudgetConfig } from '../../schema/config/budget.ts';
import type { RunSummary } from '../../schema/evaluation.ts';
import { budgetKey, manifestKey, sftShardsPrefix } from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import type { StageName } from '../../schema/stages.ts';
import { readJson, readJsonIfPresent } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { costByStage, type Prices, pricesFor, readSpending, sumAmounts } from '../read-spending.ts';

/** Stages that make use of what was solved and kept, and had no part in it. */
const AFTERWARDS: readonly StageName[] = ['train-sft', 'evaluate'];

/** What a run has cost by now, by the notes of its attempts and what judges and experts were paid. */
export async function costRun(
  store: Store,
  runId: string,
  known: Prices | undefined,
  { routes, withoutExample = {} }: Pick<RunSummary, 'routes'> & { withoutExample?: Readonly<Record<string, number>> },
): Promise<RunCost> {
  const budget = await readJsonIfPresent(store, budgetKey(runId), BudgetConfig);
  const stages = costByStage(await readSpending(store, runId), pricesFor(known, budget));
  const published = await readJson(store, manifestKey(sftShardsPrefix(runId)), Manifest);
  const { examples } = z.object({ examples: z.int() }).parse(published.summary);
  const making = sumAmounts(
    Object.entries(stages).flatMap(([stage, amount]) => (AFTERWARDS.includes(stage as StageName) ? [] : [amount])),
  );
  const solved = sum(Object.values(routes)) - sum(Object.values(withoutExample));
  return {
    total: sumAmounts(Object.values(stages)),
    stages,
    ...(solved > 0 && { perSolvedPrompt: { count: solved, ...share(making, solved) } }),
    ...(examples > 0 && { perKeptExample: { count: examples, ...share(making, examples) } }),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const share = ({ usd, hours }: Amount, count: number): Amount => ({ usd: usd / count, hours: hours / count });
