import { z } from 'zod';
import { mapBounded } from '../../base/map-bounded.ts';
import { type ReportContent, renderMarkdown, renderText } from '../../report/render-report.ts';
import { compareAccuracy, estimateAccuracy } from '../../report/statistics.ts';
import { EvaluationRecord, RunSummary } from '../../schema/evaluation.ts';
import { evaluationPrefix, recordsKey, routesPrefix, sftIndexKey, startedKey, summaryKey } from '../../schema/keys.ts';
import { countRoutes, Route, type RouteCounts } from '../../schema/route.ts';
import { countSources, SftIndexEntry, type SourceCounts } from '../../schema/sft-example.ts';
import type { DiagnosedRun, EvaluatedPolicy } from '../../schema/stage-inputs.ts';
import { readConfig, readJson, readJsonIfPresent, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { completeStage } from '../complete-stage.ts';
import type { StageDeps } from '../stage-deps.ts';
import { sumJudgeTotals } from './sum-judge-totals.ts';

const CONCURRENT_READS = 32;

/** Writes what the run achieved: `report/report.txt`, `report/report.md` and `summary.json`. */
export async function runReport({ store }: StageDeps, input: DiagnosedRun): Promise<RunSummary> {
  const { runId } = input;
  const config = await readConfig(store, input.configKey);
  await completeStage(store, { stage: 'report', input, config }, async (writePart, prefix) => {
    const content = await readContent(store, input);
    const { evaluation, routes, judge } = content;
    await writePart(`${prefix}report.txt`, renderText(content));
    await writePart(`${prefix}report.md`, renderMarkdown(content));
    const achieved = { evaluation, routes, ...(judge && { judge }) };
    const summary: RunSummary = { runId, ...achieved, durationSeconds: await measureDuration(store, runId) };
    await store.write(summaryKey(runId), `${JSON.stringify(summary, null, 2)}\n`);
    return achieved;
  });
  return readJson(store, summaryKey(runId), RunSummary);
}

async function readContent(store: Store, { runId, shardCount }: DiagnosedRun): Promise<ReportContent> {
  const readAnswers = (policy: EvaluatedPolicy) =>
    readRecords(store, recordsKey(evaluationPrefix(runId, policy)), EvaluationRecord);
  const records = { base: await readAnswers('base'), rl: await readAnswers('rl'), rise: await readAnswers('rise') };
  const estimate = (answers: EvaluationRecord[]) =>
    estimateAccuracy(answers.filter(({ isCorrect }) => isCorrect).length, answers.length);
  const evaluation = {
    base: estimate(records.base),
    rl: estimate(records.rl),
    rise: estimate(records.rise),
    rlVsBase: compareAccuracy(records.base, records.rl),
    riseVsRl: compareAccuracy(records.rl, records.rise),
  };
  return {
    runId,
    evaluation,
    routes: await readRouteCounts(store, runId, shardCount),
    sftExamples: await readSourceCounts(store, runId),
    judge: await sumJudgeTotals(store, runId),
    records,
  };
}

async function readRouteCounts(store: Store, runId: string, shardCount: number): Promise<RouteCounts> {
  const shards = Array.from({ length: shardCount }, (_, shard) => recordsKey(routesPrefix(runId, shard)));
  return countRoutes((await mapBounded(shards, CONCURRENT_READS, (key) => readRecords(store, key, Route))).flat());
}

async function readSourceCounts(store: Store, runId: string): Promise<SourceCounts> {
  return countSources(await readRecords(store, sftIndexKey(runId), SftIndexEntry));
}

/** Seconds since the run was first started, whatever pauses lay between. */
async function measureDuration(store: Store, runId: string): Promise<number> {
  const started = await readJsonIfPresent(store, startedKey(runId), z.object({ startedAt: z.iso.datetime() }));
  return started ? (Date.now() - Date.parse(started.startedAt)) / 1000 : 0;
}
