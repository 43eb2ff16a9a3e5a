import { loadBenchmarks } from '../benchmarks/index.ts';
import {
  type ComparableEvaluation,
  type ComparedEvaluations,
  compareAnswers,
} from '../evaluation/compare-evaluations.ts';
import { openRun, type StoredRun } from '../routing/read-diagnosis.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { EvaluationRecord } from '../schema/evaluation.ts';
import { benchmarkPrefix, evaluationPrefix, manifestKey, promptsKey, recordsKey } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { Prompt } from '../schema/prompt.ts';
import { readJson, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** A field in which the configs of runs differ, with what each of them says; absent where one says nothing. */
export interface ConfigDifference {
  path: string;
  values: (string | number | boolean | null | undefined)[];
}

/** One policy of several runs, on every benchmark that they have in common. */
export interface ComparedRuns {
  differences: ConfigDifference[];
  benchmarks: ComparedEvaluations[];
}

/**
 * Compares a policy of runs, such as `rise`, each run with the one before it, and says in what their configs differ. Throws
 * `InvalidInputError` where a run is not there or not evaluated yet, or where they have no benchmark or prompt in common.
 */
export async function compareRuns(store: Store, runIds: readonly string[], policy: string): Promise<ComparedRuns> {
  const runs = await Promise.all(runIds.map((runId) => openRun(store, runId)));
  for (const run of runs) await requireEvaluation(run, policy);
  const [first, ...others] = runs.map(({ config }) => new Set(Object.keys(config.evaluation.benchmarks)));
  const shared = [...first].filter((name) => others.every((names) => names.has(name)));
  if (shared.length === 0) {
    throw new InvalidInputError(`${runIds.join(' and ')} have no benchmark in common: nothing is to be compared`);
  }
  const benchmarks: ComparedEvaluations[] = [];
  for (const name of shared) {
    const evaluations = await Promise.all(runs.map((run) => readOfRun(run, policy, name)));
    benchmarks.push(compareAnswers(runIds, evaluations));
  }
  return { differences: findDifferences(runs.map(({ config }) => config)), benchmarks };
}

async function requireEvaluation({ store, runId }: StoredRun, policy: string): Promise<void> {
  if (await store.exists(manifestKey(evaluationPrefix(runId, policy)))) return;
  throw new InvalidInputError(
    `run ${runId} has not evaluated ${policy} yet; let the run go on, or give another --policy`,
  );
}

async function readOfRun(run: StoredRun, policy: string, name: string): Promise<ComparableEvaluation> {
  const { store, runId, config } = run;
  const { promptSet } = loadBenchmarks(config).find((benchmark) => benchmark.name === name)!;
  const { versions } = await readJson(store, manifestKey(evaluationPrefix(runId, policy)), Manifest);
  return {
    settings: { benchmark: name, version: versions[name] },
    prompts: await readRecords(store, promptsKey(runId, promptSet), Prompt),
    records: await readRecords(store, recordsKey(benchmarkPrefix(runId, policy, name)), EvaluationRecord),
  };
}

/** The fields of objects that are not the same in all, by their paths, in order. */
export function findDifferences(objects: readonly object[]): ConfigDifference[] {
  const leaves = objects.map((object) => new Map(leavesOf('', object)));
  const paths = [...new Set(leaves.flatMap((map) => [...map.keys()]))].sort();
  return paths
    .map((path) => ({ path, values: leaves.map((map) => map.get(path)) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

type Leaf = ConfigDifference['values'][number];

function leavesOf(path: string, value: unknown): [string, Leaf][] {
  if (typeof value !== 'object' || value === null) return [[path, value as Leaf]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(path === '' ? name : `${path}.${name}`, inner));
}
