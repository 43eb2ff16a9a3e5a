import { isFormatted } from '../rewards/index.ts';
import type { EvaluationRecord } from '../schema/evaluation.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Examination } from './benchmark.ts';

/** An answer as it was sampled. */
export interface SampledAnswer {
  text: string;
  tokenCount: number;
  /** Which of several answers to the prompt; absent where there is one. */
  sampleIndex?: number;
}

/** The answer with the benchmark's verdict on it. */
export function recordAnswer(
  { grade }: Pick<Examination, 'grade'>,
  prompt: Prompt,
  { text, tokenCount, sampleIndex }: SampledAnswer,
): EvaluationRecord {
  const { promptId, tier } = prompt;
  const { isCorrect, answer } = grade(prompt, text);
  return { promptId, sampleIndex, tier, answer, isCorrect, isFormatted: isFormatted(text), text, tokenCount };
}
