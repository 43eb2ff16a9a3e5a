import { z } from 'zod';
import { mapBounded } from '../base/bounded.ts';
import { type Amount, JobAttempt } from '../schema/budget.ts';
import type { BudgetConfig } from '../schema/config/budget.ts';
import { attemptsPrefix, runPrefix } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import type { JobQueue } from '../schema/stage.ts';
import { STAGE_NAMES, STAGES, type StageName } from '../schema/stages.ts';
import { readJson } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const CONCURRENT_READS = 32;

/** What a run has taken so far, by its records. */
export interface Spending {
  attempts: JobAttempt[];
  /** What judges and experts were paid, also where a verdict or an answer was there from another run. */
  judgeUsd: number;
  expertUsd: number;
  /** Prompts that an expert was asked about. */
  consulted: number;
}

/** What jobs cost where they run. */
export interface Prices {
  hourUsd: Readonly<Record<JobQueue, number>>;
  /** For which an attempt's machine is paid before it begins. */
  launchSeconds: number;
}

/** Prices of a home that has some; else what the run's owner says of this machine, whose hours else cost nothing. */
export function pricesFor(known: Prices | undefined, budget: Pick<BudgetConfig, 'hourUsd'> | undefined): Prices {
  const { hourUsd = 0 } = budget ?? {};
  return known ?? { hourUsd: { rollout: hourUsd, training: hourUsd }, launchSeconds: 0 };
}

const Paid = z.object({
  judgeDollars: z.number().default(0),
  expertDollars: z.number().default(0),
  consulted: z.int().default(0),
});

/** Reads the notes of every attempt, and the manifests that tell what was paid. */
export async function readSpending(store: Store, runId: string): Promise<Spending> {
  const keys = await store.list(runPrefix(runId));
  const attempts = keys.filter((key) => key.startsWith(attemptsPrefix(runId)));
  const paying = keys.filter((key) => /\/(scores|expert)\/\d+\/manifest\.json$/.test(key));
  const paid = await mapBounded(paying, CONCURRENT_READS, async (key) =>
    Paid.parse((await readJson(store, key, Manifest)).summary),
  );
  const total = (field: keyof z.infer<typeof Paid>) => paid.reduce((sum, each) => sum + each[field], 0);
  return {
    attempts: await mapBounded(attempts, CONCURRENT_READS, (key) => readJson(store, key, JobAttempt)),
    judgeUsd: total('judgeDollars'),
    expertUsd: total('expertDollars'),
    consulted: total('consulted'),
  };
}

const HOUR_SECONDS = 3600;

/** What some seconds of a job on a queue come to. */
export const amountOf = (queue: JobQueue, seconds: number, attempts: number, prices: Prices): Amount => ({
  hours: seconds / HOUR_SECONDS,
  usd: ((seconds + attempts * prices.launchSeconds) / HOUR_SECONDS) * prices.hourUsd[queue],
});

export const sumAmounts = (amounts: readonly Amount[]): Amount => ({
  usd: amounts.reduce((sum, { usd }) => sum + usd, 0),
  hours: amounts.reduce((sum, { hours }) => sum + hours, 0),
});

/** What each stage has cost, in the order of the recipe; those that cost nothing are left out. */
export function costByStage({ attempts, judgeUsd, expertUsd }: Spending, prices: Prices): Record<string, Amount> {
  const jobs = [...Map.groupBy(attempts, ({ stage }) => stage)].map(([stage, own]) => {
    const seconds = own.reduce((sum, attempt) => sum + attempt.seconds, 0);
    return [stage, amountOf(STAGES[stage].queue, seconds, own.length, prices)] as const;
  });
  const costs: Partial<Record<StageName, Amount>> = {
    ...Object.fromEntries(jobs),
    ...(judgeUsd > 0 && { score: { usd: judgeUsd, hours: 0 } }),
    ...(expertUsd > 0 && { 'consult-expert': { usd: expertUsd, hours: 0 } }),
  };
  return Object.fromEntries(STAGE_NAMES.flatMap((name) => (costs[name] ? [[name, costs[name]]] : [])));
}
