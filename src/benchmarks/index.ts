import { BUILT_IN_VERSIONS, GradeOptions } from '../rewards/index.ts';
import { type Choice, resolveChoice } from '../schema/config/choice.ts';
import type { ConfigPart } from '../schema/config/config-part.ts';
import { measuringBenchmark } from '../schema/config/evaluation.ts';
import type { SamplingConfig } from '../schema/config/sampling.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { MEASURING_SET } from '../schema/keys.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Benchmark, BenchmarkContext, Examination } from './benchmark.ts';
import { cogmath } from './cogmath/cogmath.ts';
import { dynamath } from './dynamath.ts';
import { heldOut } from './held-out.ts';
import { logicvista } from './logicvista.ts';
import { mathverse, mathverseVisionOnly } from './mathverse.ts';
import { mathvision } from './mathvision.ts';
import { mathvista } from './mathvista.ts';
import { mmmu } from './mmmu.ts';
import { mmstar } from './mmstar.ts';
import { weMath } from './we-math.ts';

/** Benchmarks that a run config names. */
const BENCHMARKS: readonly Benchmark[] = [
  ...[heldOut, mathvista, mathvision, mathverse, mathverseVisionOnly],
  ...[dynamath, weMath, logicvista, mmmu, mmstar, cogmath],
];

/** A benchmark at work, and which it is. */
export interface ActiveExamination extends Pick<Benchmark, 'name' | 'title' | 'version' | 'source'>, Examination {}

/** A benchmark as a run uses it. */
export interface ActiveBenchmark extends ActiveExamination {
  /** The run's set of prompts that it asks, as `promptsKey` names it. */
  promptSet: string;
  completionsPerPrompt: number;
  sampling: SamplingConfig;
}

/**
 * The benchmarks of a run, in the order of its config. Throws `InvalidInputError` on an unknown name, and on options that
 * a benchmark does not take.
 */
export function loadBenchmarks({
  evaluation,
  rewards,
}: ConfigPart<'evaluation.benchmarks' | 'evaluation.sampling' | 'rewards.accuracy.options'>): ActiveBenchmark[] {
  const gradeOptions = GradeOptions.parse(rewards.accuracy.options);
  const { sampling } = evaluation;
  return Object.entries(evaluation.benchmarks).map(([name, { source: given, options, completionsPerPrompt }]) => {
    const examination = openBenchmark(`evaluation.benchmarks.${name}`, { name, options }, { gradeOptions });
    const source = given ?? examination.source;
    const promptSet = source ? name : 'evaluation';
    return { ...examination, source, promptSet, completionsPerPrompt, sampling };
  });
}

/**
 * The benchmark that the RL policy is measured by while it learns, with the prompts that it is chosen by. Throws as
 * `loadBenchmarks`.
 */
export function loadMeasuringBenchmark(config: MeasuringConfig): ActiveBenchmark {
  const { duringRl } = config.evaluation;
  const name = measuringBenchmark(config.evaluation);
  const benchmark = loadBenchmarks(config).find((each) => each.name === name)!;
  return duringRl?.source ? { ...benchmark, source: duringRl.source, promptSet: MEASURING_SET } : benchmark;
}

type MeasuringConfig = ConfigPart<
  | 'evaluation.benchmarks'
  | 'evaluation.sampling'
  | 'evaluation.duringRl.benchmark'
  | 'evaluation.duringRl.source'
  | 'rewards.accuracy.options'
>;

/**
 * The benchmark of a name. Throws `InvalidInputError` on an unknown one, and on options that it does not take.
 * @param field that chooses it, for messages
 */
export function openBenchmark(field: string, choice: Choice, context: BenchmarkContext): ActiveExamination {
  const { chosen, options } = resolveChoice(field, BENCHMARKS, choice);
  const { name, title, version, source } = chosen;
  return { name, title, version, source, ...chosen.create(options, context) };
}

/**
 * The prompts of some data that a benchmark asks. Throws `InvalidInputError` where it asks none of them.
 * @param place of the data, for messages
 */
export function choosePrompts(
  { name, asks }: Pick<ActiveExamination, 'name' | 'asks'>,
  prompts: readonly Prompt[],
  place: string,
): Prompt[] {
  const chosen = asks ? prompts.filter(asks) : [...prompts];
  if (chosen.length > 0 || prompts.length === 0) return chosen;
  throw new InvalidInputError(`${place} has ${prompts.length} prompts and none that ${name} asks; give its own data`);
}

export const BENCHMARK_NAMES = BENCHMARKS.map(({ name }) => name);

/** Versions of the benchmarks and of the rewards they grade by, for manifests. */
export function benchmarkVersions(benchmarks: readonly ActiveBenchmark[]): Record<string, string> {
  const { format } = BUILT_IN_VERSIONS;
  const versions = benchmarks.map(({ name, version, rewards }) => ({ ...rewards, format, [name]: version }));
  return Object.assign({}, ...versions);
}
