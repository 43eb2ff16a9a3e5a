import { isFormatted } from '../rewards/index.ts';
import type { EvaluationRecord } from '../schema/evaluation.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Examination, Grading } from './benchmark.ts';

/** An answer as it was sampled. */
export interface SampledAnswer {
  text: string;
  tokenCount: number;
  /** Which of several answers to the prompt; absent where there is one. */
  sampleIndex?: number;
}

/** The answer with the benchmark's verdict on it. */
export const recordAnswer = (
  { grade }: Pick<Examination, 'grade'>,
  prompt: Prompt,
  answer: SampledAnswer,
): EvaluationRecord => recordGrading(prompt, answer, grade(prompt, answer.text));

/** The answer with a verdict that was given on it. */
export function recordGrading(
  { promptId, tier }: Prompt,
  { text, tokenCount, sampleIndex }: SampledAnswer,
  { isCorrect, answer }: Grading,
): EvaluationRecord {
  return { promptId, sampleIndex, tier, answer, isCorrect, isFormatted: isFormatted(text), text, tokenCount };
}
