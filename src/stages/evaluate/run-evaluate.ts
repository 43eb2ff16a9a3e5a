import { benchmarkVersions, loadBenchmarks } from '../../benchmarks/index.ts';
import type { Engine, Precision } from '../../engine/open-engine.ts';
import { measuringBenchmark } from '../../schema/config/evaluation.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { EVALUATED_POLICIES, type EvaluatedPolicy } from '../../schema/evaluated-policies.ts';
import { EvaluationRecord, IterationMeasurement } from '../../schema/evaluation.ts';
import { manifestKey, recordsKey } from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import type { ReportProgress } from '../../schema/progress.ts';
import type { DiagnosedPolicy } from '../../schema/stage-inputs.ts';
import { measuredBefore, type StageConfig } from '../../schema/stages.ts';
import { encodeRecords, readJson, readRecords } from '../../store/records.ts';
import { answerBenchmark, countVerdicts, readSitting, type Sitting } from '../answer-benchmark.ts';
import { beginStage, type OpenStage } from '../begin-stage.ts';
import type { JobDeps } from '../job-deps.ts';

/** What one policy achieved over all benchmarks. */
export interface EvaluationSummary {
  prompts: number;
  correct: number;
  formatted: number;
  precision: Precision;
}

type OpenEvaluation = OpenStage<EvaluationSummary, 'evaluate'>;

/**
 * Answers the prompts of every benchmark with one policy, and grades the answers. What the RL policy answered while it learned is
 * not sampled again.
 */
export async function runEvaluate(
  deps: JobDeps,
  input: DiagnosedPolicy,
  policyIndex: number,
): Promise<EvaluationSummary> {
  const { runId } = input;
  const { name, prefixOf } = findPolicy(policyIndex);
  const task = { stage: 'evaluate', input, index: policyIndex } as const;
  const versionsOf = (config: StageConfig<'evaluate'>) => benchmarkVersions(loadBenchmarks(config));
  const work = await beginStage<EvaluationSummary, 'evaluate'>(deps.store, task, versionsOf);
  if (work.kind === 'done') return work.summary;
  const benchmarks = loadBenchmarks(work.config);
  const sittings = await Promise.all(benchmarks.map((benchmark) => readSitting(work.store, runId, name, benchmark)));
  const answered = await readAnswered(work, input, policyIndex);
  const open = sittings.filter(({ benchmark }) => benchmark.name !== answered?.benchmark);
  const records: EvaluationRecord[] = [];
  for (const sitting of sittings.filter((each) => !open.includes(each))) {
    records.push(...answered!.records);
    await writeRecords(work, sitting, answered!.records);
  }
  if (open.length === 0) return finish(work, records, answered!.precision);
  const engine = await deps.openPolicy(work, prefixOf(input, work.config));
  try {
    records.push(...(await answerAll(deps, work, engine, open)));
    return await finish(work, records, engine.precision);
  } finally {
    engine[Symbol.dispose]();
  }
}

function findPolicy(index: number): EvaluatedPolicy {
  const policy = EVALUATED_POLICIES[index];
  if (policy) return policy;
  throw new InvalidInputError(`evaluate has policies 0 to ${EVALUATED_POLICIES.length - 1}, not ${index}`);
}

/** What the policy answered while it learned; undefined where it was not asked the same. */
async function readAnswered({ store, config }: OpenEvaluation, input: DiagnosedPolicy, index: number) {
  const [folder] = measuredBefore(input, config, index);
  if (folder === undefined) return undefined;
  const benchmark = measuringBenchmark(config.evaluation);
  const { summary } = await readJson(store, manifestKey(folder), Manifest);
  const records = await readRecords(store, recordsKey(`${folder}${benchmark}/`), EvaluationRecord);
  return { benchmark, records, precision: IterationMeasurement.parse(summary).precision };
}

async function answerAll(
  deps: JobDeps,
  work: OpenEvaluation,
  engine: Engine,
  sittings: readonly Sitting[],
): Promise<EvaluationRecord[]> {
  const records: EvaluationRecord[] = [];
  for (const [index, sitting] of sittings.entries()) {
    const report = reportWhole(deps.report, sittings, index);
    const own = await answerBenchmark({ ...deps, report }, work, engine, sitting);
    await writeRecords(work, sitting, own);
    records.push(...own);
  }
  return records;
}

const writeRecords = (work: OpenEvaluation, { prefix }: Sitting, records: readonly EvaluationRecord[]) =>
  work.writePart(recordsKey(prefix), encodeRecords(records), records.length);

const finish = (work: OpenEvaluation, records: readonly EvaluationRecord[], precision: Precision) =>
  work.finish({ ...countVerdicts(records), precision }, benchmarkVersions(loadBenchmarks(work.config)));

/** Progress of one sitting as progress of them all. */
function reportWhole(report: ReportProgress, sittings: readonly Sitting[], current: number): ReportProgress {
  const completions = sittings.map(({ benchmark, prompts }) => benchmark.completionsPerPrompt * prompts.length);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [before, total] = [sum(completions.slice(0, current)), sum(completions)];
  return (progress) => report({ ...progress, done: before + progress.done, total });
}
