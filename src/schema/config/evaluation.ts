import { z } from 'zod';
import { passKs } from '../../base/statistics/pass-at-k.ts';
import { ChoiceOptions } from './choice.ts';
import { PromptSource } from './prompt-source.ts';
import { samplingSection } from './sampling.ts';

/** How a run uses a benchmark. */
const BenchmarkUse = z.strictObject({
  source: PromptSource.optional().describe('prompts of its own; those of data.evaluation when absent'),
  completionsPerPrompt: z
    .int()
    .positive()
    .default(1)
    .describe('answers to each prompt; of several, reports say pass at k, the majority and the worst case too'),
  options: ChoiceOptions.describe("the benchmark's own knobs"),
});

/** Measuring the RL policy while it learns. */
const DuringRl = z.strictObject({
  everyIterations: z.int().positive().describe('the policy after each so many iterations, and after the last one'),
  benchmark: z.string().optional().describe('which of the benchmarks; the first when absent'),
  source: PromptSource.optional().describe(
    "prompts to choose by, so that reports tell of others; the benchmark's own when absent",
  ),
  figure: z
    .string()
    .default('accuracy')
    .describe(
      'the best policy has the highest, the earlier of equals; of several answers also majority, pass at 4, ...',
    ),
  goesOn: z
    .enum(['last', 'best'])
    .default('last')
    .describe('which is diagnosed, goes on to SFT, and is reported as the RL policy'),
});

/** How policies are measured. */
export const EvaluationConfig = z
  .strictObject({
    benchmarks: z
      .record(z.string(), BenchmarkUse)
      .refine((benchmarks) => Object.keys(benchmarks).length > 0, 'name at least one benchmark')
      .prefault({ 'held-out': {} })
      .describe('by name (src/benchmarks)'),
    sampling: samplingSection(0).prefault({}),
    duringRl: DuringRl.optional().describe('the RL policy is measured while it learns; only at the end when absent'),
  })
  .superRefine(({ benchmarks, duringRl }, context) => {
    if (!duringRl) return;
    const refuse = (field: 'benchmark' | 'figure', message: string) =>
      context.addIssue({ code: 'custom', path: ['duringRl', field], message, input: duringRl[field] });
    const name = measuringBenchmark({ benchmarks, duringRl });
    if (!benchmarks[name]) {
      refuse('benchmark', `is none of evaluation.benchmarks (${Object.keys(benchmarks).join(', ')}); name one of them`);
      return;
    }
    const { completionsPerPrompt } = benchmarks[name];
    const figures = figureNames(completionsPerPrompt);
    if (figures.includes(duringRl.figure)) return;
    const answers = `${completionsPerPrompt} ${completionsPerPrompt === 1 ? 'answer' : 'answers'} a prompt`;
    const raise = `raise evaluation.benchmarks.${name}.completionsPerPrompt`;
    refuse('figure', `is no figure of ${answers}; choose one of ${figures.join(', ')}, or ${raise}`);
  })
  .prefault({});
export type EvaluationConfig = z.infer<typeof EvaluationConfig>;

/** The benchmark that the RL policy is measured by while it learns. */
export function measuringBenchmark({
  benchmarks,
  duringRl,
}: {
  benchmarks: Record<string, unknown>;
  duringRl?: { benchmark?: string };
}): string {
  return duringRl?.benchmark ?? Object.keys(benchmarks)[0];
}

/** Figures by which a policy can be chosen, of so many answers a prompt. */
export function figureNames(completionsPerPrompt: number): string[] {
  const ofSeveral = ['majority', 'all right', ...passKs(completionsPerPrompt).map((k) => `pass at ${k}`)];
  return ['accuracy', ...(completionsPerPrompt > 1 ? ofSeveral : [])];
}
