import { z } from 'zod';
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

/** How policies are measured. */
export const EvaluationConfig = z
  .strictObject({
    benchmarks: z
      .record(z.string(), BenchmarkUse)
      .refine((benchmarks) => Object.keys(benchmarks).length > 0, 'name at least one benchmark')
      .prefault({ 'held-out': {} })
      .describe('by name (src/benchmarks)'),
    sampling: samplingSection(0).prefault({}),
  })
  .prefault({});
export type EvaluationConfig = z.infer<typeof EvaluationConfig>;
