import type { z } from 'zod';
import { mapBounded } from '../../base/bounded.ts';
import { adjustTogether, comparePolicies } from '../../benchmarks/compare-policies.ts';
import { type ActiveBenchmark, loadBenchmarks } from '../../benchmarks/index.ts';
import { countTaken, readTaken } from '../../lineage/read-taken.ts';
import type { BenchmarkContent } from '../../report/benchmark-tables.ts';
import { renderCostMarkdown } from '../../report/render-cost.ts';
import { type ReportContent, renderMarkdown, renderText } from '../../report/render-report.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { Shortfall } from '../../schema/decision.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';
import { type BenchmarkResult, EvaluationRecord, RunSummary } from '../../schema/evaluation.ts';
import { countWithoutExample, ExpertAnswer } from '../../schema/expert-answer.ts';
import {
  benchmarkPrefix,
  costKey,
  expertPrefix,
  manifestKey,
  promptsKey,
  recordsKey,
  routesPrefix,
  sftIndexKey,
  sftShardsPrefix,
  startedKey,
  summaryKey,
} from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import { Prompt } from '../../schema/prompt.ts';
import { countRoutes, Route } from '../../schema/route.ts';
import { countSources, SftIndexEntry, type SourceCounts } from '../../schema/sft-example.ts';
import { type DiagnosedRun, StartRecord } from '../../schema/stage-inputs.ts';
import { readJson, readJsonIfPresent, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { beginStage, type OpenStage } from '../begin-stage.ts';
import { readConsultations } from '../read-consultations.ts';
import type { Prices } from '../read-spending.ts';
import type { StageDeps } from '../stage-deps.ts';
import { costRun } from './cost-run.ts';
import { readRlCourse } from './read-rl-course.ts';
import { averageRewards, readScoring, sumJudgeTotals } from './read-scoring.ts';
import { sumExpertCost } from './sum-expert-cost.ts';

const CONCURRENT_READS = 32;

export interface ReportDeps extends StageDeps {
  /** Of where the run's jobs are; absent where only its budget may say. */
  prices?: Prices;
}

/**
 * Writes what the run achieved: `report/report.txt`, `report/report.md` and `summary.json`. The last one tells the time that
 * the run took and what it cost, which no manifest does: where it is gone it is written again, up to now.
 */
export async function runReport({ store, prices }: ReportDeps, input: DiagnosedRun): Promise<RunSummary> {
  const { runId } = input;
  const work = await beginStage<Achieved>(store, { stage: 'report', input });
  const achieved = work.kind === 'done' ? work.summary : await writeReport(work, input);
  const known = await readJsonIfPresent(store, summaryKey(runId), RunSummary);
  if (known) return known;
  const cost = await costRun(store, runId, prices, achieved);
  await store.write(costKey(runId), renderCostMarkdown(cost));
  const summary: RunSummary = { runId, ...achieved, durationSeconds: await measureDuration(store, runId), cost };
  await store.write(summaryKey(runId), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

type Achieved = Omit<RunSummary, 'runId' | 'durationSeconds' | 'cost'>;

async function writeReport(work: OpenStage<Achieved>, input: DiagnosedRun): Promise<Achieved> {
  const content = await readContent(work.store, input, work.config);
  await work.writePart(`${work.prefix}report.txt`, renderText(content));
  await work.writePart(`${work.prefix}report.md`, renderMarkdown(content));
  return work.finish(summarize(content));
}

function summarize({
  benchmarks,
  duringRl,
  routes,
  withoutExample,
  shortfall,
  judge,
  expert,
  taken,
}: ReportContent): Achieved {
  const evaluation = Object.fromEntries(benchmarks.map(({ name, result }) => [name, result]));
  return {
    evaluation,
    ...(duringRl && { duringRl }),
    routes,
    withoutExample,
    ...(shortfall && { shortfall }),
    ...(judge && { judge }),
    ...(expert && { expert }),
    ...(taken && { taken }),
  };
}

async function readContent(
  store: Store,
  { runId, configKey, shardCount }: DiagnosedRun,
  config: RunConfig,
): Promise<ReportContent> {
  const routes = await readShards(store, shardCount, (shard) => recordsKey(routesPrefix(runId, shard)), Route);
  const answers = await readShards(store, shardCount, (shard) => recordsKey(expertPrefix(runId, shard)), ExpertAnswer);
  const scoring = await readScoring(store, runId);
  const consultations = await readConsultations(store, { runId, configKey, shardCount });
  const taken = await readTaken(store, runId);
  return {
    runId,
    benchmarks: await readBenchmarks(store, runId, config),
    duringRl: await readRlCourse(store, runId, config),
    routes: countRoutes(routes),
    withoutExample: countWithoutExample(routes, answers, config.expert.maxConsultations),
    shortfall: await readShortfall(store, runId),
    sftExamples: await readSourceCounts(store, runId),
    rewards: averageRewards(scoring),
    judge: sumJudgeTotals(scoring.filter(({ key }) => !taken.has(key))),
    expert: sumExpertCost(consultations),
    taken: countTaken(taken),
  };
}

async function readBenchmarks(store: Store, runId: string, config: RunConfig): Promise<BenchmarkContent[]> {
  const benchmarks = loadBenchmarks(config);
  const results = await Promise.all(benchmarks.map((benchmark) => readResult(store, runId, benchmark)));
  const together = adjustTogether(Object.fromEntries(benchmarks.map(({ name }, at) => [name, results[at]])));
  return benchmarks.map(({ name, title }) => ({ name, title, result: together[name] }));
}

async function readResult(store: Store, runId: string, benchmark: ActiveBenchmark): Promise<BenchmarkResult> {
  const { name, promptSet } = benchmark;
  const prompts = await readRecords(store, promptsKey(runId, promptSet), Prompt);
  const reading = EVALUATED_POLICIES.map(async (policy) => {
    const key = recordsKey(benchmarkPrefix(runId, policy.name, name));
    return { policy, records: await readRecords(store, key, EvaluationRecord) };
  });
  return comparePolicies(benchmark, prompts, await Promise.all(reading));
}

/** The records of every shard, in the order of the shards. */
async function readShards<T>(
  store: Store,
  shardCount: number,
  keyOf: (shard: number) => string,
  schema: z.ZodType<T>,
): Promise<T[]> {
  const keys = Array.from({ length: shardCount }, (_, shard) => keyOf(shard));
  return (await mapBounded(keys, CONCURRENT_READS, (key) => readRecords(store, key, schema))).flat();
}

async function readSourceCounts(store: Store, runId: string): Promise<SourceCounts> {
  return countSources(await readRecords(store, sftIndexKey(runId), SftIndexEntry));
}

/** As it was counted when the examples were published. */
async function readShortfall(store: Store, runId: string): Promise<Shortfall | undefined> {
  const { summary } = await readJson(store, manifestKey(sftShardsPrefix(runId)), Manifest);
  return Shortfall.optional().parse(summary.shortfall);
}

/** Seconds since the run was first started, whatever pauses lay between. */
async function measureDuration(store: Store, runId: string): Promise<number> {
  const started = await readJsonIfPresent(store, startedKey(runId), StartRecord);
  return started ? (Date.now() - Date.parse(started.startedAt)) / 1000 : 0;
}
