import type { Prompt } from '../../schema/prompt.ts';
import { compareChoice, findGoldOption } from './choice.ts';
import { compareAnswers, isComparable } from './compare.ts';
import { extractAnswer } from './extract.ts';

export const ACCURACY_VERSION = '1';

/** What the grader holds of an answer; `undecided` earns nothing, and stays apart from `incorrect` for audits. */
export interface Verdict {
  verdict: 'correct' | 'incorrect' | 'undecided';
  extracted: string | undefined;
  reason: string;
}

type Question = Pick<Prompt, 'groundTruth' | 'options'>;

/** Grades the final answer of a response against the ground truth by rules alone; model text is never run as code. */
export function gradeAnswer(prompt: Question, response: string): Verdict {
  const options = prompt.options ?? [];
  const found = extractAnswer(response, options.length > 0);
  if (!found) return { verdict: 'incorrect', extracted: undefined, reason: 'the response gives no final answer' };

  const goldIndex = options.length > 0 ? findGoldOption(prompt.groundTruth, options) : undefined;
  const comparison =
    goldIndex === undefined
      ? compareAnswers(found.answer, prompt.groundTruth)
      : compareChoice(found.answer, goldIndex, options);
  const wanted = goldIndex === undefined ? prompt.groundTruth : `${prompt.groundTruth} (${options[goldIndex]})`;
  const verdict = { equal: 'correct', different: 'incorrect', undecided: 'undecided' } as const;
  const relation = { equal: 'equals', different: 'differs from', undecided: 'cannot be compared with' };
  return {
    verdict: verdict[comparison],
    extracted: found.answer,
    reason: `${found.place} ${JSON.stringify(found.answer)} ${relation[comparison]} ${JSON.stringify(wanted)}`,
  };
}

/** Why the ground truth cannot be graded against, or undefined where it can. */
export function findGoldFault(prompt: Question): string | undefined {
  const { groundTruth, options = [] } = prompt;
  if (!isComparable(groundTruth)) {
    return `groundTruth ${JSON.stringify(groundTruth)} cannot be read as an answer; check its braces and delimiters`;
  }
  if (options.length > 0 && findGoldOption(groundTruth, options) === undefined) {
    return `groundTruth ${JSON.stringify(groundTruth)} names none of the ${options.length} options; give a letter or an option's text`;
  }
  return undefined;
}
