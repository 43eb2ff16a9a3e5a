import type { GradeOptions } from '../rewards/index.ts';
import type { Choosable } from '../schema/config/choice.ts';
import type { SamplingConfig } from '../schema/config/sampling.ts';
import type { AccuracyComparison, AccuracyEstimate, EvaluationRecord } from '../schema/evaluation.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Trajectory } from '../schema/trajectory.ts';

/** A comparison, but for the names of those compared. */
export type PairedDifference = Pick<AccuracyComparison, 'difference' | 'mcnemarP'>;

/** What a benchmark sees of an answer. */
export type GradableAnswer = Pick<Trajectory, 'text' | 'tokenIds'>;

/** A benchmark at work, the same for each policy that it measures. */
export interface Examination {
  completionsPerPrompt: number;
  sampling: SamplingConfig;
  /** Versions of the rewards it grades by, for manifests. */
  rewards: Record<string, string>;
  grade(prompt: Prompt, answer: GradableAnswer): EvaluationRecord;
  /** What one policy's records come to. */
  aggregate(records: readonly EvaluationRecord[]): AccuracyEstimate;
  /** How one policy's records differ from another's: `after` minus `before`. */
  compare(before: readonly EvaluationRecord[], after: readonly EvaluationRecord[]): PairedDifference;
}

/** What a benchmark is told of the run besides its own options. */
export interface BenchmarkContext {
  /** `evaluation.sampling` of the run config. */
  sampling: SamplingConfig;
  /** How the run's accuracy reward reads answers. */
  gradeOptions: GradeOptions;
}

/** A way to measure policies on prompts. Each is one file of this room, and a line in its list. */
export interface Benchmark<Options = unknown> extends Choosable<Options> {
  /** The prompts in words: reports say `Accuracy on <title>`. */
  title: string;
  create(options: Options, context: BenchmarkContext): Examination;
}
