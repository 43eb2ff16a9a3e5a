import type { Prompt } from '../../schema/prompt.ts';
import { compareChoice, compareLetters, findGoldOptions } from './choice.ts';
import { type Compared, compareAnswers, isComparable } from './compare.ts';
import { extractAnswer } from './extract.ts';

export const ACCURACY_VERSION = '2';

/** What the grader holds of an answer; `undecided` earns nothing, and stays apart from `incorrect` for audits. */
export interface Verdict {
  verdict: 'correct' | 'incorrect' | 'undecided';
  extracted: string | undefined;
  /** Where the answer was found, as what it was compared, and with which result. */
  reason: string;
}

type Question = Pick<Prompt, 'groundTruth' | 'options'>;

const VERDICTS = { equal: 'correct', different: 'incorrect', undecided: 'undecided' } as const;
const RELATIONS = { equal: 'equals', different: 'differs from', undecided: 'cannot be compared with' };

/** Grades the final answer of a response against the ground truth by rules alone; model text is never run as code. */
export function gradeAnswer(prompt: Question, response: string): Verdict {
  const options = prompt.options ?? [];
  const found = extractAnswer(response, options.length > 0);
  if (!found) return { verdict: 'incorrect', extracted: undefined, reason: 'the response gives no final answer' };

  const right = options.length > 0 ? findGoldOptions(prompt.groundTruth, options) : undefined;
  const { comparison, as } = compareWith(prompt, right, found.answer);
  const wanted = right === undefined ? '' : ` (${right.map((index) => options[index]).join('; ')})`;
  const relation = `${RELATIONS[comparison]} ${quote(prompt.groundTruth + wanted)}`;
  return {
    verdict: VERDICTS[comparison],
    extracted: found.answer,
    reason: `${found.place} ${quote(found.answer)} ${relation}, as ${as}`,
  };
}

function compareWith(prompt: Question, right: number[] | undefined, answer: string): Compared {
  if (right) return compareChoice(answer, right, prompt.options ?? []);
  const byValue = compareAnswers(answer, prompt.groundTruth);
  return byValue.comparison === 'equal' ? byValue : (compareLetters(answer, prompt.groundTruth) ?? byValue);
}

const MAX_QUOTED = 300;
const quote = (text: string) => JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text);

/** Why the ground truth cannot be graded against, or undefined where it can. */
export function findGoldFault(prompt: Question): string | undefined {
  const { groundTruth, options = [] } = prompt;
  if (!isComparable(groundTruth)) {
    return `groundTruth ${quote(groundTruth)} cannot be read as an answer; check its braces, delimiters and length`;
  }
  if (options.length > 0 && findGoldOptions(groundTruth, options) === undefined) {
    return `groundTruth ${quote(groundTruth)} names none of the ${options.length} options; give a letter or an option's text`;
  }
  return undefined;
}
