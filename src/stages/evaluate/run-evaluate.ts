import { disposeAfter } from '../../base/dispose-after.ts';
import { type ActiveBenchmark, benchmarkVersions, loadBenchmarks } from '../../benchmarks/index.ts';
import type { Engine, Precision } from '../../engine/open-engine.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { EVALUATED_POLICIES, type EvaluatedPolicy } from '../../schema/evaluated-policies.ts';
import type { EvaluationRecord } from '../../schema/evaluation.ts';
import { benchmarkPrefix, promptsKey, recordsKey } from '../../schema/keys.ts';
import type { ReportProgress } from '../../schema/progress.ts';
import { Prompt } from '../../schema/prompt.ts';
import type { ExecutionInput } from '../../schema/stage-inputs.ts';
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { completeStage } from '../complete-stage.ts';
import { openPolicy } from '../open-policy.ts';
import { deleteKept, sampleCompletions } from '../sample-completions.ts';
import { answerSeed } from '../seeds.ts';
import type { JobDeps } from '../stage-deps.ts';

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
  const { store } = deps;
  const { runId } = input;
  const config = await readConfig(store, input.configKey);
  const { name, prefixOf } = findPolicy(policyIndex);
  const benchmarks = loadBenchmarks(config);
  const versions = benchmarkVersions(benchmarks);
  const work = { stage: 'evaluate', input, config, index: policyIndex, versions } as const;
  const summary = await completeStage(store, work, async (writePart, _, store) => {
    const sittings = await Promise.all(benchmarks.map((benchmark) => readSitting(store, runId, name, benchmark)));
    return disposeAfter(
      await openPolicy({ ...deps, store }, runId, config, prefixOf(runId, config)),
      async (engine) => {
        const records: EvaluationRecord[] = [];
        for (const [index, sitting] of sittings.entries()) {
          const report = reportWhole(deps.report, sittings, index);
          const own = await answerPrompts({ ...deps, store, report }, config, { name, engine }, sitting);
          await writePart(recordsKey(sitting.prefix), encodeRecords(own), own.length);
          records.push(...own);
        }
        return { ...summarize(records), precision: engine.precision };
      },
    );
  });
  for (const benchmark of benchmarks) await deleteKept(store, benchmarkPrefix(runId, name, benchmark.name));
  return summary;
}

function findPolicy(index: number): EvaluatedPolicy {
  const policy = EVALUATED_POLICIES[index];
  if (policy) return policy;
  throw new InvalidInputError(`evaluate has policies 0 to ${EVALUATED_POLICIES.length - 1}, not ${index}`);
}

async function readSitting(store: Store, runId: string, policy: string, benchmark: ActiveBenchmark): Promise<Sitting> {
  const prompts = await readRecords(store, promptsKey(runId, benchmark.promptSet), Prompt);
  return { benchmark, prompts, prefix: benchmarkPrefix(runId, policy, benchmark.name) };
}

async function answerPrompts(
  deps: JobDeps,
  config: RunConfig,
  { name, engine }: { name: string; engine: Engine },
  { benchmark, prompts, prefix }: Sitting,
): Promise<EvaluationRecord[]> {
  const { completionsPerPrompt, sampling, grade } = benchmark;
  const { completions } = await sampleCompletions(deps, engine, config, {
    stage: `evaluate ${name}`,
    prompts,
    completionsPerPrompt,
    sampling,
    seedOf: ({ promptId }, index) => answerSeed(config.seed, promptId, index),
    prefix,
  });
  return completions.map(({ prompt, ...answer }) => grade(prompt, answer));
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
