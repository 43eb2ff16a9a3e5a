import { lastNumberPhrase, onlyNumberInWords } from './last-number.ts';
import { lastStatement } from './stated.ts';

const MAX_LENGTH = 400;

/** A number in an earlier sentence is rarely the answer: refusals repeat those of the question. */
export const lastSentence = (text: string) =>
  text
    .trim()
    .split(/(?<=[.!?])\s+(?=[A-Z"“(])|\n+/)
    .at(-1) ?? '';

/**
 * The answer within a sentence that stands where an answer is expected, such as `There are 12 apples` in a tag: what it
 * states, else the number that it ends on or spells out. Undefined where the text is no sentence.
 */
export function answerInSentence(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const plain = lastSentence(text)
    .replace(/\\text(?:bf|rm|it|normal)?\s*\{([^{}]*)\}/g, ' $1 ')
    .trim();
  const stated = lastStatement(plain)?.content;
  if (stated !== undefined) return stated;
  if (!/^(?:\p{L}[\p{L}']+|I|A),?\s+[\p{L}\d$(\\-]/u.test(plain)) return undefined;
  return lastNumberPhrase(plain) ?? onlyNumberInWords(plain);
}
