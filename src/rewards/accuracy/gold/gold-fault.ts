import { isComparable } from '../answer-text.ts';
import { isSentence, readGold, wordsOf } from './read-gold.ts';

/** More words than an answer has that somebody would repeat. */
const MAX_WORDS = 25;

/** Why nothing could match a ground truth, whatever the options are; undefined where an answer can. */
export function findTextFault(groundTruth: string): string | undefined {
  const broken = findBrokenCommand(groundTruth);
  if (broken !== undefined) return broken;
  const { answer, place } = readGold(groundTruth);
  if (/^(?:<answer>|<\/answer>|#|\s)*$/i.test(answer)) return 'marks an answer and gives none';
  if (!isComparable(answer)) return 'cannot be read as an answer; check its braces, delimiters and length';
  if (place !== undefined) return undefined;
  const lines = answer.split('\n').filter((line) => line.trim() !== '').length;
  if (lines > 1 && wordsOf(answer).length > 3 && !answer.includes('\\begin')) {
    return 'has several lines and marks none as the answer; give the answer alone, or in \\boxed{}';
  }
  if (isSentence(answer) && /\d|\$/.test(answer)) {
    return 'is a sentence of which no one number or formula is the answer; give the answer alone, or in \\boxed{}';
  }
  return wordsOf(answer).length > MAX_WORDS
    ? `has ${wordsOf(answer).length} words, which no answer would repeat; give the answer alone, or in \\boxed{}`
    : undefined;
}

const COMMAND_TAILS: Record<string, string> = {
  '\t': 'ext|imes|an|heta|au|o|riangle|ilde|frac|op',
  '\n': 'eq|e|u|abla|ot|leq|geq|mid|i',
  '\r': 'ight|ho|angle|ceil|floor|m',
};
const TAIL = new RegExp(
  Object.entries(COMMAND_TAILS)
    .map(([character, tails]) => `${character}(?=(?:${tails})(?![a-z]))`)
    .join('|'),
);

/** A backslash that JSON took for an escape: `\frac` written with one is a form feed and `rac`. */
export function findBrokenCommand(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const found = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text) ?? TAIL.exec(text);
  if (!found) return undefined;
  const after = JSON.stringify(text.slice(found.index, found.index + 12)).slice(1, -1);
  return `holds the control character in "${after}", likely a LaTeX command; write its backslash twice in JSON`;
}
