import { type ActiveBenchmark, benchmarkVersions, choosePrompts, loadBenchmarks } from '../../benchmarks/index.ts';
import { recordAnswer } from '../../benchmarks/record-answer.ts';
import type { Engine, Precision } from '../../engine/open-engine.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { EVALUATED_POLICIES, type EvaluatedPolicy } from '../../schema/evaluated-policies.ts';
import type { EvaluationRecord } from '../../schema/evaluation.ts';
import { benchmarkPrefix, promptsKey, recordsKey } from '../../schema/keys.ts';
import type { ReportProgress } from '../../schema/progress.ts';
import { Prompt } from '../../schema/prompt.ts';
import type { ExecutionInput } from '../../schema/stage-inputs.ts';
import type { StageConfig } from '../../schema/stages.ts';
import { encodeRecords, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { beginStage } from '../begin-stage.ts';
import type { JobDeps } from '../job-deps.ts';
import { sampleCompletions } from '../sample-completions.ts';
import { answerSeed } from '../seeds.ts';
import type { SamplerConfig, StageScope } from '../stage-deps.ts';

/** What one policy achieved over all benchmarks. */
export interface EvaluationSummary {
  prompts: number;
  correct: number;
  formatted: number;
  precision: Precision;
}

/** One policy's work on one benchmark. */
interface Sitting {
  benchmark: ActiveBenchmark;
  prompts: Prompt[];
  /** Folder of its records. */
  prefix: string;
}

/** Answers the prompts of every benchmark with one policy, and grades the answers. */
export async function runEvaluate(
  deps: JobDeps,
  input: ExecutionInput,
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
  const engine = await deps.openPolicy(work, prefixOf(runId, work.config));
  try {
    const records: EvaluationRecord[] = [];
    for (const [index, sitting] of sittings.entries()) {
      const report = reportWhole(deps.report, sittings, index);
      const own = await answerPrompts({ ...deps, report }, work, { name, engine }, sitting);
      await work.writePart(recordsKey(sitting.prefix), encodeRecords(own), own.length);
      records.push(...own);
    }
    return await work.finish({ ...summarize(records), precision: engine.precision }, benchmarkVersions(benchmarks));
  } finally {
    engine[Symbol.dispose]();
  }
}

function findPolicy(index: number): EvaluatedPolicy {
  const policy = EVALUATED_POLICIES[index];
  if (policy) return policy;
  throw new InvalidInputError(`evaluate has policies 0 to ${EVALUATED_POLICIES.length - 1}, not ${index}`);
}

async function readSitting(store: Store, runId: string, policy: string, benchmark: ActiveBenchmark): Promise<Sitting> {
  const key = promptsKey(runId, benchmark.promptSet);
  const prompts = choosePrompts(benchmark, await readRecords(store, key, Prompt), key);
  return { benchmark, prompts, prefix: benchmarkPrefix(runId, policy, benchmark.name) };
}

async function answerPrompts(
  deps: JobDeps,
  scope: StageScope<SamplerConfig>,
  { name, engine }: { name: string; engine: Engine },
  { benchmark, prompts, prefix }: Sitting,
): Promise<EvaluationRecord[]> {
  const { completionsPerPrompt, sampling, word } = benchmark;
  const { completions } = await sampleCompletions(deps, scope, engine, {
    stage: `evaluate ${name}`,
    prompts: word ? prompts.map(word) : prompts,
    completionsPerPrompt,
    sampling,
    seedOf: ({ promptId }, index) => answerSeed(scope.config.seed, promptId, index),
    prefix,
  });
  const asWritten = new Map(prompts.map((prompt) => [prompt.promptId, prompt]));
  return completions.map(({ prompt: { promptId }, index, text, tokenIds }) => {
    const sampleIndex = completionsPerPrompt > 1 ? index : undefined;
    return recordAnswer(benchmark, asWritten.get(promptId)!, { text, tokenCount: tokenIds.length, sampleIndex });
  });
}

/** Progress of one sitting as progress of them all. */
function reportWhole(report: ReportProgress, sittings: readonly Sitting[], current: number): ReportProgress {
  const completions = sittings.map(({ benchmark, prompts }) => benchmark.completionsPerPrompt * prompts.length);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const [before, total] = [sum(completions.slice(0, current)), sum(completions)];
  return (progress) => report({ ...progress, done: before + progress.done, total });
}

function summarize(records: readonly EvaluationRecord[]): Omit<EvaluationSummary, 'precision'> {
  return {
    prompts: records.length,
    correct: records.filter(({ isCorrect }) => isCorrect).length,
    formatted: records.filter((record) => record.isFormatted).length,
  };
}
