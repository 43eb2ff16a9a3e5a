import { isUnitSymbol } from '../units.ts';

const MAX_LENGTH = 200;
const DENIAL =
  /(?<=\S)(?:,\s+(?:and\s+)?|\s+\()(?:not(?! sure| certain)|rather than|instead of)\s+(?!\S*\bor\b)[^(),;]{1,40}\)?[.!]?$/i;
const REASON = /(?<=\S)(?:,\s*|\s+\()(?:since|because|as)\b.*$/is;
const REJECTED = /(?<=\S)\s*\([^()]*\b(?:rejected|discarded|extraneous|invalid)\)[.!]?$/i;
/** `5 (cm)`, `5 (units)`. */
const UNIT = /(?<=\d)\s*\(((?:square\s)?[\p{L}°]{1,12}(?:\^?[23²³])?)\)(?=[.\s]*$)/u;
const SAID_TWICE =
  /^(.*?\S)(?:\s*\((?:or|i\.\s?e\.,?|that is,?|=)?\s*([^()]+)\)|,?\s+(?:i\.\s?e\.,?|that is,|or|which is|\\text\{\s*or\s*\})\s+([^()]+?))[.!]?$/is;

/** An answer in two ways, `3/4 (or 0.75)`, `7 (seven)`, or without what it is not, `7, not 8`: all that it says. */
export function saidInParts(answer: string): string[] | undefined {
  if (answer.length > MAX_LENGTH) return undefined;
  const kept = withoutAside(answer);
  if (kept !== answer) return [kept];
  const [, first, inBrackets, behind] = SAID_TWICE.exec(answer) ?? [];
  return first === undefined ? undefined : [first, inBrackets ?? behind];
}

/** `not 8 but 7` and `7; 8 is wrong` say 7. */
const CONTRAST = /^not\s+(?!only\b|just\b)\S.{0,40}?,?\s+but\s+(?:rather\s+)?(?=\S)/i;
const OTHER_IS_WRONG = /(?<=\S)[;,]\s+(?:and\s+|but\s+)?\S{1,12}\s+(?:is|was)\s+(?:wrong|incorrect|not)\b.*$/i;

/** Without a reason, and without what is said not to be the answer. */
export const withoutAside = (answer: string) =>
  answer.length > MAX_LENGTH
    ? answer
    : answer
        .replace(UNIT, inPlace)
        .replace(REASON, '')
        .replace(REJECTED, '')
        .replace(DENIAL, '')
        .replace(CONTRAST, '')
        .replace(OTHER_IS_WRONG, '');

function inPlace(all: string, word: string): string {
  if (/^units?$/i.test(word)) return '';
  return isUnitSymbol(word) ? ` ${word}` : all;
}
