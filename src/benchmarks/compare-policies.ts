import type { EvaluatedPolicy } from '../schema/evaluated-policies.ts';
import type { BenchmarkResult, EvaluationRecord } from '../schema/evaluation.ts';
import type { Examination } from './benchmark.ts';

/** One policy's records of a benchmark. */
export interface PolicyAnswers {
  policy: EvaluatedPolicy;
  records: readonly EvaluationRecord[];
}

/** What each policy achieved on a benchmark, and each compared with the one before it. */
export function comparePolicies(
  { aggregate, compare }: Pick<Examination, 'aggregate' | 'compare'>,
  answers: readonly PolicyAnswers[],
): BenchmarkResult {
  return {
    policies: Object.fromEntries(answers.map(({ policy, records }) => [policy.name, aggregate(records)])),
    comparisons: answers.slice(1).map(({ policy, records }, index) => {
      const before = answers[index];
      return { policy: policy.name, against: before.policy.name, ...compare(before.records, records) };
    }),
  };
}
