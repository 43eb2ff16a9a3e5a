import { z } from 'zod';
import { mapBounded } from '../../base/bounded.ts';
import type { RunCost } from '../../schema/budget.ts';
import { BudgetConfig } from '../../schema/config/budget.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { Decision } from '../../schema/decision.ts';
import { RunSummary } from '../../schema/evaluation.ts';
import * as keys from '../../schema/keys.ts';
import { Route } from '../../schema/route.ts';
import { countSources, SftIndexEntry } from '../../schema/sft-example.ts';
import { ShardItem } from '../../schema/stage-inputs.ts';
import { costByStage, pricesFor, readSpending, sumAmounts } from '../../stages/read-spending.ts';
import { readJson, readJsonIfPresent, readRecords, readStoredConfig } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { Table } from '../benchmark-tables.ts';
import { dataTables } from '../render-report.ts';
import { buildFlow } from './build-flow.ts';
import { readBenchmarks } from './read-benchmarks.ts';
import { readCurves } from './read-curves.ts';
import { readState } from './read-state.ts';
import type { Flow, RunOverview } from './report-data.ts';

const CONCURRENT_READS = 32;

/**
 * Everything that is told of a run but its trajectories, whether it is finished or not. Throws `InvalidInputError` where the
 * store has no such run.
 */
export async function readOverview(store: Store, runId: string): Promise<Omit<RunOverview, 'sources'>> {
  const config = await readStoredConfig(store, runId);
  const summary = await readJsonIfPresent(store, keys.summaryKey(runId), RunSummary);
  return {
    runId,
    state: await readState(store, runId, config),
    facts: [...describeConfig(config), ...(await describeTime(store, runId, summary))],
    benchmarks: await readBenchmarks(store, runId, config),
    curves: await readCurves(store, runId, config.rl.iterations),
    ...(await withFlow(store, runId)),
    ...(await withCost(store, runId, summary)),
    tables: summary ? await readTables(store, runId, summary) : [],
    config: JSON.stringify(config, null, 2),
  };
}

function describeConfig({ name, seed, policy, rl, rewards, diagnosis, expert, sft }: RunConfig): [string, string][] {
  const weights = Object.entries(rewards).map(([reward, { weight }]) => `${weight} ${reward}`);
  return [
    ['name', name],
    ['seed', String(seed)],
    ['base model', policy.model],
    ['RL', `${rl.iterations} iterations of ${rl.promptsPerIteration} prompts x ${rl.groupSize}, ${rl.algorithm.name}`],
    ['reward', weights.join(' + ')],
    ['diagnosis', `${diagnosis.trajectoriesPerPrompt} trajectories a prompt, by ${diagnosis.decideBy}`],
    ['expert', expert.name],
    ['SFT', `${sft.epochs} epochs of ${sft.sequencesPerStep} sequences a step`],
  ];
}

async function describeTime(store: Store, runId: string, summary?: RunSummary): Promise<[string, string][]> {
  const Started = z.object({ startedAt: z.iso.datetime() });
  const started = await readJsonIfPresent(store, keys.startedKey(runId), Started);
  return [
    ...(started ? [['started', started.startedAt] as [string, string]] : []),
    ...(summary ? [['took', `${summary.durationSeconds.toFixed(0)} s, pauses included`] as [string, string]] : []),
  ];
}

async function withFlow(store: Store, runId: string): Promise<{ flow?: Flow }> {
  const shards = await readPlanShards(store, runId, keys.DIAGNOSIS);
  const areDecided = await store.exists(keys.manifestKey(keys.sftShardsPrefix(runId)));
  const fates = await mapBounded(shards, CONCURRENT_READS, async (shard) => {
    const decisions = keys.decisionsKey(runId, shard);
    if (areDecided && (await store.exists(decisions))) return readRecords(store, decisions, Decision);
    const routes = keys.recordsKey(keys.routesPrefix(runId, shard));
    if (!(await store.exists(routes))) return [];
    return (await readRecords(store, routes, Route)).map(({ kind }) => ({ branch: kind }));
  });
  const all = fates.flat();
  return all.length === 0 ? {} : { flow: buildFlow(all) };
}

/** As the run has summed it up or, until then, by the notes of its attempts and the prices of its budget. */
async function withCost(store: Store, runId: string, summary?: RunSummary): Promise<{ cost?: RunCost }> {
  if (summary) return { cost: summary.cost };
  const budget = await readJsonIfPresent(store, keys.budgetKey(runId), BudgetConfig);
  const stages = costByStage(await readSpending(store, runId), pricesFor(undefined, budget));
  if (Object.keys(stages).length === 0) return {};
  return { cost: { stages, total: sumAmounts(Object.values(stages)) } };
}

async function readTables(store: Store, runId: string, summary: RunSummary): Promise<Table[]> {
  const index = keys.sftIndexKey(runId);
  const examples = (await store.exists(index)) ? await readRecords(store, index, SftIndexEntry) : [];
  return dataTables({ ...summary, sftExamples: countSources(examples), rewards: [] });
}

/** The shards of a rollout's plan; none before it is planned. */
export async function readPlanShards(store: Store, runId: string, rollout: string): Promise<number[]> {
  const key = keys.planShardsKey(runId, rollout);
  if (!(await store.exists(key))) return [];
  return (await readJson(store, key, z.array(ShardItem))).map(({ shard }) => shard);
}
