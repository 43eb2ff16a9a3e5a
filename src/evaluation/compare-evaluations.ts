import { comparePolicies } from '../benchmarks/compare-policies.ts';
import { type ActiveExamination, openBenchmark } from '../benchmarks/index.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { BenchmarkResult } from '../schema/evaluation.ts';
import type { Prompt } from '../schema/prompt.ts';
import { type Evaluation, readEvaluation } from './read-evaluation.ts';

/** Evaluations beside each other, and each compared with the one before it, on the prompts that both answered. */
export interface ComparedEvaluations extends Pick<ActiveExamination, 'name' | 'title'> {
  result: BenchmarkResult;
}

/**
 * Compares the evaluations of folders, which become the policies' names. Throws `InvalidInputError` where they are of different
 * benchmarks, have no prompt in common, or different ones of one id.
 */
export async function compareEvaluations(folders: readonly string[]): Promise<ComparedEvaluations> {
  return compareAnswers(folders, await Promise.all(folders.map(readEvaluation)));
}

/** What comparing takes of an evaluation. */
export interface ComparableEvaluation extends Pick<Evaluation, 'prompts' | 'records'> {
  settings: Pick<Evaluation['settings'], 'benchmark' | 'version' | 'judge'>;
}

/** As `compareEvaluations`, of evaluations by these names. */
export function compareAnswers(
  names: readonly string[],
  evaluations: readonly ComparableEvaluation[],
): ComparedEvaluations {
  const [first] = evaluations;
  for (const [at, { settings, prompts }] of evaluations.entries()) {
    if (settings.benchmark !== first.settings.benchmark || settings.version !== first.settings.version) {
      const [one, other] = [first, evaluations[at]].map(({ settings }) => `${settings.benchmark} ${settings.version}`);
      throw new InvalidInputError(`${names[0]} is of ${one}, ${names[at]} of ${other}; compare evaluations of one`);
    }
    if (settings.judge !== first.settings.judge) {
      const [one, other] = [first, evaluations[at]].map(({ settings }) => settings.judge ?? 'rules');
      throw new InvalidInputError(
        `${names[0]} was judged by ${one}, ${names[at]} by ${other}; evaluate both by one, answers are kept`,
      );
    }
    const fault = findDifference(first.prompts, prompts);
    if (fault === undefined) continue;
    throw new InvalidInputError(`${names[0]} and ${names[at]} ${fault}; evaluate both on the same data`);
  }
  const { benchmark } = first.settings;
  const examination = openBenchmark('benchmark', { name: benchmark, options: {} }, { gradeOptions: {} });
  const prompts = new Map(evaluations.flatMap(({ prompts }) => prompts.map((prompt) => [prompt.promptId, prompt])));
  const answers = evaluations.map(({ records }, at) => ({ policy: { name: names[at] }, records }));
  const { name, title } = examination;
  return { name, title, result: comparePolicies(examination, [...prompts.values()], answers) };
}

/** Why answers to these prompts are not to be compared; undefined where they are. */
function findDifference(one: readonly Prompt[], other: readonly Prompt[]): string | undefined {
  const known = new Map(one.map((prompt) => [prompt.promptId, contentOf(prompt)]));
  const shared = other.filter(({ promptId }) => known.has(promptId));
  if (shared.length === 0) return 'have no prompt in common';
  const changed = shared.find((prompt) => contentOf(prompt) !== known.get(prompt.promptId));
  return changed && `have different prompts of the id ${changed.promptId}`;
}

/** What decides answers and verdicts of a prompt. */
const contentOf = ({ question, options, groundTruth, images }: Prompt) =>
  JSON.stringify([question, options, groundTruth, images.map(({ sha256 }) => sha256)]);
