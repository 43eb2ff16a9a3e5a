import { meanOf } from '../base/statistics/bootstrap.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { GradedPrompt, Grading } from './benchmark.ts';

/** One answer to each prompt that has one. */
export type Pass = readonly [Prompt, Grading][];

/**
 * Figures of a benchmark that are defined for one answer a prompt, of several: the mean over the first answer to each, the second,
 * and so on, as far as every prompt has one.
 */
export function measurePasses(
  graded: readonly GradedPrompt[],
  measure: (pass: Pass) => Record<string, number>,
): Record<string, number> {
  const count = Math.min(...graded.map(({ gradings }) => gradings.length));
  const passes = Array.from({ length: Number.isFinite(count) ? count : 0 }, (_, index) =>
    measure(graded.map(({ prompt, gradings }): [Prompt, Grading] => [prompt, gradings[index]])),
  );
  const names = Object.keys(passes[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, meanOf(passes.map((each) => each[name]))]));
}
