import type { GradeOptions } from '../rewards/index.ts';
import type { Choosable } from '../schema/config/choice.ts';
import type { PromptSource } from '../schema/config/prompt-source.ts';
import type { Prompt } from '../schema/prompt.ts';

/** A benchmark's verdict on an answer. */
export interface Grading {
  isCorrect: boolean;
  /** What was read as the final answer; absent where there was none. */
  answer?: string;
}

/** A prompt with the verdicts on one policy's answers to it. */
export interface GradedPrompt {
  prompt: Prompt;
  gradings: readonly Grading[];
}

/** A language model that is asked where a benchmark's own code asks one. */
export interface AnswerJudge {
  /** The final answer of a response to a question, written as `form` says; empty where it gives none. */
  read(form: string, question: string, response: string): Promise<string>;
  /** Whether an answer to a question says what the right one says. */
  agree(question: string, expected: string, answer: string): Promise<boolean>;
}

/** Shares that a benchmark tells of units of its own, e.g. of problems that several prompts are about. */
export interface ShareTable {
  name: string;
  /** By row, each unit's share. */
  rows: Record<string, ReadonlyMap<string, number>>;
  /** Policies are compared on its rows as they are on accuracy. */
  isCompared?: boolean;
}

/** A benchmark at work, the same for each policy that it measures. */
export interface Examination {
  /** Versions of the rewards it grades by, for manifests. */
  rewards: Record<string, string>;
  /** Whether a prompt of the data belongs to it; all do where absent. */
  asks?(prompt: Prompt): boolean;
  /** The prompt as the benchmark words it (`wordPrompt`); as it stands where absent. */
  word?(prompt: Prompt): Prompt;
  /** @param text the response, without special tokens */
  grade(prompt: Prompt, text: string): Grading;
  /** Grading where a language model reads the answer, as the original asks one; absent where rules are all of it. */
  gradeWith?(judge: AnswerJudge, prompt: Prompt, text: string): Promise<Grading>;
  /** Whether accuracy is told of a prompt; of all where absent. */
  counts?(prompt: Prompt): boolean;
  /** The categories that accuracy is broken down by, by table: `{ subject: ['algebra'], level: ['3'] }`. */
  categoriesOf(prompt: Prompt): Record<string, readonly string[]>;
  /** Figures of its own beside accuracy, by name. */
  measure?(graded: readonly GradedPrompt[]): Record<string, number>;
  /** Tables of its own, whose means get intervals. */
  tabulate?(graded: readonly GradedPrompt[]): ShareTable[];
}

/** What a benchmark is told of the run besides its own options. */
export interface BenchmarkContext {
  /** How the run's accuracy reward reads answers. */
  gradeOptions: GradeOptions;
}

/** A way to measure policies on prompts. Each is one file of this room, and a line in its list. */
export interface Benchmark<Options = unknown> extends Choosable<Options> {
  /** The prompts in words: reports say `Accuracy on <title>`. */
  title: string;
  /** Prompts of its own, where neither a config nor a command gives it others. */
  source?: PromptSource;
  create(options: Options, context: BenchmarkContext): Examination;
}
