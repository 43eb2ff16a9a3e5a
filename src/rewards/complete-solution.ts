import type { Prompt } from '../schema/prompt.ts';
import { findGoldOptions } from './accuracy/choice.ts';
import { type AnswerPlace, extractAnswer } from './accuracy/extract/extract.ts';
import { readGold } from './accuracy/gold/read-gold.ts';
import { gradeAnswer } from './accuracy/grade-answer.ts';

type Question = Pick<Prompt, 'groundTruth' | 'options'>;

/** Places where a text says which its answer is; elsewhere it only happens to stand. */
const STATED: readonly AnswerPlace[] = ['boxed', 'answer tags', 'stated answer', 'last choice', 'first word'];
/** What a worked solution has at least. */
const LEAST_WORDS = 10;
const ENDING = 300;

/**
 * A worked solution that says its answer. Solutions of published data sets often end with a remark, or leave the answer to the
 * field beside them: then it is added. One that says another answer, or ends with another value, is left to be refused.
 */
export function completeSolution(prompt: Question, solution: string): string {
  const { groundTruth, options = [] } = prompt;
  if (gradeAnswer(prompt, solution).verdict === 'correct' || /<\/?(?:think|answer)>/.test(solution)) return solution;
  const found = extractAnswer(solution, options.length > 0 ? 'choice' : 'value');
  if (found !== undefined && STATED.includes(found.place)) return solution;
  const gold = options.length > 0 ? groundTruth : readGold(groundTruth).answer;
  const names = [gold, ...(findGoldOptions(groundTruth, options) ?? []).map((index) => options[index])];
  const isWorked =
    found === undefined
      ? solution.split(/\s+/).length >= LEAST_WORDS
      : names.some((name) => mentions(solution, name.replaceAll('$', '')));
  return isWorked ? `${solution.trimEnd()}\nThe answer is $\\boxed{${gold}}$.` : solution;
}

/** True where the end of a text names the answer by itself. */
function mentions(text: string, answer: string): boolean {
  const escaped = answer.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}.,])${escaped}(?![\\p{L}\\p{N}]|[.,]\\p{N})`, 'u').test(text.slice(-ENDING));
}
