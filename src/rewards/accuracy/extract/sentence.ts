import { onlyChineseCount } from './chinese-count.ts';
import { lastNumberPhrase, onlyNumberInWords } from './last-number.ts';
import { lastStatement } from './stated.ts';

const MAX_LENGTH = 400;

/** A number in an earlier sentence is rarely the answer: refusals repeat those of the question. */
export const lastSentence = (text: string) =>
  lastLine(text.trim())
    .split(/(?<=[.!?])\s+(?=[A-Z"“(])|\n+/)
    .at(-1) ?? '';

/** With the line break and the character before it, by which sentences are told apart. */
const lastLine = (text: string) =>
  text.slice(Math.max(0, text.slice(0, Math.max(0, text.lastIndexOf('\n'))).trimEnd().length - 1));

const IT_IS =
  /^(?:(?:so|thus|hence|therefore|i think|i would say),?\s+)?(?:it|this|that)(?:\s+(?:is|was)|'s)\s+(\S.*)$/is;

/** `The capital of France is Paris`: what the thing asked for is. */
const THING_IS =
  /^(?:(?:so|thus|hence|therefore),?\s+)?the\s(?!.*\b(?:not|never|no|wrong|incorrect|false|only|if|unless|except|other|or|than|worst|least|unlikely|opposite|could|might|may|cannot|eliminated|excluded)\b)[\p{L}\s'-]{1,60}?\s(?:is|are|was|were)\s+(?:called\s+|named\s+)?((?:[*"]{0,2}[\p{L}'-]{2,}[*"]{0,2})(?:\s[\p{L}'*-]+){0,2})[.!]?$/iu;

/** True for `It is ...` and the like. */
export const saysWhatItIs = (sentence: string) => sentence.length <= MAX_LENGTH && IT_IS.test(sentence.trim());

/**
 * The answer within a sentence that stands where an answer is expected, such as `There are 12 apples` in a tag: what it
 * states, else all behind `It is`, or the number that it ends on or spells out. None where the text is no sentence.
 */
export function answersInSentence(text: string): string[] {
  if (text.length > MAX_LENGTH) return [];
  const plain = lastSentence(text)
    .replace(/\\text(?:bf|rm|it|normal)?\s*\{([^{}]*)\}/g, ' $1 ')
    .trim();
  const stated = lastStatement(plain)?.content;
  if (stated !== undefined) return [stated];
  const isOther = /[\u3040-\u9fff\uac00-\ud7af]/.test(plain);
  if (!isOther && !/^(?:\p{L}[\p{L}']+|I|[Aa](?!\s*\()),?\s+[\p{L}\d$(\\-]/u.test(plain)) return [];
  const said = [
    IT_IS.exec(plain)?.[1],
    /\d/.test(plain) ? undefined : THING_IS.exec(plain)?.[1],
    lastNumberPhrase(plain) ?? onlyNumberInWords(plain) ?? onlyChineseCount(plain),
  ];
  return said.filter((answer) => answer !== undefined);
}
