import { type ActiveBenchmark, choosePrompts } from '../benchmarks/index.ts';
import { recordAnswer } from '../benchmarks/record-answer.ts';
import type { Engine } from '../engine/open-engine.ts';
import type { EvaluationRecord } from '../schema/evaluation.ts';
import { benchmarkPrefix, promptsKey } from '../schema/keys.ts';
import { Prompt } from '../schema/prompt.ts';
import { readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { JobDeps } from './job-deps.ts';
import { sampleCompletions } from './sample-completions.ts';
import { answerSeed } from './seeds.ts';
import type { SamplerConfig, StageScope } from './stage-deps.ts';

/** One policy's work on one benchmark. */
export interface Sitting {
  /** Name of the policy. */
  policy: string;
  benchmark: ActiveBenchmark;
  prompts: Prompt[];
  /** Folder of its records. */
  prefix: string;
}

export async function readSitting(
  store: Store,
  runId: string,
  policy: string,
  benchmark: ActiveBenchmark,
): Promise<Sitting> {
  const key = promptsKey(runId, benchmark.promptSet);
  const prompts = choosePrompts(benchmark, await readRecords(store, key, Prompt), key);
  return { policy, benchmark, prompts, prefix: benchmarkPrefix(runId, policy, benchmark.name) };
}

/** Answers the prompts of a benchmark with a policy, and grades the answers. */
export async function answerBenchmark(
  deps: JobDeps,
  scope: StageScope<SamplerConfig>,
  engine: Engine,
  { policy, benchmark, prompts, prefix }: Sitting,
): Promise<EvaluationRecord[]> {
  const { completionsPerPrompt, sampling, word } = benchmark;
  const { completions } = await sampleCompletions(deps, scope, engine, {
    stage: `evaluate ${policy}`,
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

/** What answers come to, in counts. */
export function countVerdicts(records: readonly EvaluationRecord[]) {
  return {
    prompts: records.length,
    correct: records.filter(({ isCorrect }) => isCorrect).length,
    formatted: records.filter((record) => record.isFormatted).length,
  };
}
