import { loadBenchmarks } from '../../benchmarks/index.ts';
import { scorePolicy } from '../../benchmarks/score-policy.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { EvaluationRecord, type PolicyScore } from '../../schema/evaluation.ts';
import { benchmarkPrefix, promptsKey, recordsKey } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { Observation } from '../observation.ts';

/** What a policy achieved on each benchmark, at the number of stages of training that are behind it: 0 is the base policy. */
export async function observeEvaluation(
  store: Store,
  { runId, config, policy, step }: { runId: string; config: RunConfig; policy: string; step: number },
  now: number,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const benchmark of loadBenchmarks(config)) {
    const prompts = await readRecords(store, promptsKey(runId, benchmark.promptSet), Prompt);
    const key = recordsKey(benchmarkPrefix(runId, policy, benchmark.name));
    const records = await readRecords(store, key, EvaluationRecord);
    const values = describeScore(`evaluation/${benchmark.name}`, scorePolicy(benchmark, prompts, records));
    observations.push({ kind: 'scalars', step, time: now, values });
  }
  return observations;
}

function describeScore(group: string, score: PolicyScore): Record<string, number> {
  const categories = Object.entries(score.categories).flatMap(([table, accuracies]) =>
    Object.entries(accuracies).map(([category, { accuracy }]) => [`${group}/${table}/${category}`, accuracy]),
  );
  const measures = Object.entries(score.measures).map(([name, value]) => [`${group}/${name}`, value]);
  return {
    [`${group}/accuracy`]: score.accuracy,
    [`${group}/accuracyLow`]: score.low,
    [`${group}/accuracyHigh`]: score.high,
    [`${group}/formatted`]: score.formatted,
    [`${group}/meanTokens`]: score.meanTokens,
    ...Object.fromEntries([...measures, ...categories]),
  };
}
