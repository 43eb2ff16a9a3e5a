import { adjustTogether, comparePolicies } from '../../benchmarks/compare-policies.ts';
import { type ActiveBenchmark, loadBenchmarks } from '../../benchmarks/index.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';
import { type BenchmarkResult, EvaluationRecord } from '../../schema/evaluation.ts';
import { benchmarkPrefix, evaluationPrefix, manifestKey, promptsKey, recordsKey } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { policyTables } from '../render-report.ts';
import type { BenchmarkOverview } from './report-data.ts';

/** One policy's answers to a benchmark, as they were graded. */
export interface PolicyRecords {
  policy: { name: string; label: string };
  records: EvaluationRecord[];
}

/** The policies of a run that have been measured, in the order of their training. */
export async function measuredPolicies(store: Store, runId: string) {
  const present = await Promise.all(
    EVALUATED_POLICIES.map(({ name }) => store.exists(manifestKey(evaluationPrefix(runId, name)))),
  );
  return EVALUATED_POLICIES.filter((_, index) => present[index]);
}

/** The answers of every measured policy to one benchmark. */
export async function readAnswers(store: Store, runId: string, benchmark: string): Promise<PolicyRecords[]> {
  const policies = await measuredPolicies(store, runId);
  return Promise.all(
    policies.map(async (policy) => {
      const key = recordsKey(benchmarkPrefix(runId, policy.name, benchmark));
      return { policy, records: await readRecords(store, key, EvaluationRecord) };
    }),
  );
}

/** What benchmarks tell of the policies that have been measured so far; none where no policy has. */
export async function readBenchmarks(store: Store, runId: string, config: RunConfig): Promise<BenchmarkOverview[]> {
  if ((await measuredPolicies(store, runId)).length === 0) return [];
  const benchmarks = loadBenchmarks(config);
  const results = await Promise.all(benchmarks.map((benchmark) => compareAnswers(store, runId, benchmark)));
  const together = adjustTogether(Object.fromEntries(benchmarks.map(({ name }, at) => [name, results[at]])));
  return benchmarks.map(({ name, title }) => {
    const content = { name, title, result: together[name] };
    return { ...content, tables: policyTables(content) };
  });
}

async function compareAnswers(store: Store, runId: string, benchmark: ActiveBenchmark): Promise<BenchmarkResult> {
  const prompts = await readRecords(store, promptsKey(runId, benchmark.promptSet), Prompt);
  return comparePolicies(benchmark, prompts, await readAnswers(store, runId, benchmark.name));
}
