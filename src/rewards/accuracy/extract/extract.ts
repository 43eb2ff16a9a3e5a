import { isDisowned } from './around-box.ts';
import { lastBox } from './boxes.ts';
import { readConclusion } from './conclusion.ts';
import { deniesNext, lastNumberPhrase } from './last-number.ts';
import { letterOfLabelledLine, lettersInProse } from './letters.ts';
import { findRetraction } from './retraction.ts';
import { lastSentence, saysWhatItIs } from './sentence.ts';
import { lastStatement } from './stated.ts';
import { readYesOrNo } from './yes-or-no.ts';

/** Where in a response its answer was found, from the surest place to the least. */
export type AnswerPlace =
  | 'boxed'
  | 'answer tags'
  | 'stated answer'
  | 'last choice'
  | 'first word'
  | 'last formula'
  | 'last line'
  | 'last sentence'
  | 'last number'
  | 'whole response';

export interface ExtractedAnswer {
  answer: string;
  place: AnswerPlace;
  /** What follows it, which may name another option: `B. red`. */
  aside?: string;
}

/** What kind of answer the gold is, as far as it changes where one is looked for. */
export type Expected = 'choice' | 'yes or no' | 'value';

/** Without any other sign of an answer, a response of at most so many characters may be the answer itself. */
const SHORT_RESPONSE = 60;
const SHORT_FORMULA = 300;
const MAX_ENDING = 2000;

/**
 * Finds the final answer of a response: in the last `<answer>` tag, closed or not, the last `\boxed{}`, several side by
 * side together; the last "answer is ..."; failing those, a short response as a whole, or the last choice letter, formula
 * or number of its last sentence. An answer that is taken back afterwards does not count: then what follows is searched.
 * Undefined where there is none.
 */
export function extractAnswer(response: string, expected: Expected): ExtractedAnswer | undefined {
  const conclusion = readConclusion(response);
  if (conclusion === undefined) return undefined;
  const tagged = lastTagged(conclusion);
  if (tagged !== undefined) return readTagged(tagged);
  const marked = lastBox(conclusion) ?? lastStatement(conclusion);
  if (!marked) return findUnmarked(conclusion, expected);
  if ('start' in marked && isDisowned(conclusion.slice(marked.end)))
    return findUnmarked(conclusion.slice(marked.end), expected);
  const correction = findRetraction(conclusion.slice(marked.end));
  if (correction !== undefined) return findUnmarked(correction, expected);
  return withAside(present(marked.content, 'start' in marked ? 'boxed' : 'stated answer'), conclusion, marked.end);
}

const withContext = (found: ExtractedAnswer | undefined, aside: string) => found && { ...found, aside };

const MAX_ASIDE = 100;

/** The rest of the line behind an answer, or the line below. */
function withAside(found: ExtractedAnswer | undefined, text: string, end: number): ExtractedAnswer | undefined {
  const aside = text
    .slice(end, end + MAX_ASIDE)
    .trim()
    .split('\n')[0];
  return found && aside !== '' ? { ...found, aside } : found;
}

function readTagged(tagged: string): ExtractedAnswer | undefined {
  const box = lastBox(tagged);
  if (box) return withAside(present(box.content, 'boxed'), tagged, box.end);
  const stated = lastStatement(tagged);
  return stated
    ? withAside(present(stated.content, 'answer tags'), tagged, stated.end)
    : present(tagged, 'answer tags');
}

/** `A` and `B` on lines of their own: both. */
const LETTERS_ON_LINES = /^(?:[\s*>().\d-]{0,8}[A-J][\s*).]{0,6}\n){1,9}[\s*>().\d-]{0,8}[A-J][\s*).]{0,6}$/;

/** `Result: 7`, `∴ 7`, `#### 7`. */
const LABEL =
  /(?<=^|\n)[ \t]*(?:(?:#{2,6}\s*|#\s+)(?=[-\d$\\])|(?:[*_]{0,2}(?:final\s+)?(?:result|total|count|output|solution|conclusion|so|ans)[*_]{0,2}\s*[:=.][*_]{0,2}|∴|⇒|=>|→|->)\s*)(?=\S[^\n]*$)|(?<=^|\n)[ \t]*(?:[->*]|\d\.)[ \t]+(?=\*{0,2}[A-J]\*{0,2}$)/i;

/** `A: 7`, where no letter is asked for. */
const ANSWER_LETTER = /(?<=^|\n)[ \t]*A\s?:\s*(?=\S[^\n]*$)/;

function findUnmarked(given: string, expected: Expected): ExtractedAnswer | undefined {
  const text = (expected === 'choice' ? given : given.replace(ANSWER_LETTER, '')).replace(LABEL, '');
  const listed = expected === 'choice' ? LETTERS_ON_LINES.exec(given)?.[0].match(/[A-J]/g) : undefined;
  if (listed) return present(listed.join(', '), 'whole response');
  const ending = lastSentence(text.slice(-MAX_ENDING));
  const isChoice = expected === 'choice';
  return (
    present(isBareAnswer(text) ? text : undefined, 'whole response') ??
    present(lastBareLine(text), 'last line') ??
    withContext(present(isChoice ? lettersInProse(ending).join(', ') : undefined, 'last choice'), ending) ??
    present(isChoice ? letterOfLabelledLine(text) : undefined, 'last choice') ??
    present(expected === 'yes or no' ? yesOrNo(text) : undefined, 'first word') ??
    present(saysWhatItIs(ending) ? ending : undefined, 'last sentence') ??
    present(lastFormula(ending), 'last formula') ??
    present(lastNumberPhrase(ending), 'last number') ??
    present(isShortSentence(text) ? text : undefined, 'whole response') ??
    present(expected === 'yes or no' ? undefined : lastShortLine(text), 'last line')
  );
}

/** One line that is a formula, or that is short and has no digits; not a sentence around a number. */
function isBareAnswer(text: string): boolean {
  const plain = text.trim();
  if (plain.length > SHORT_FORMULA || plain.includes('\n')) return false;
  return isFormula(plain) || CALENDAR.test(plain) || (plain.length <= SHORT_RESPONSE && !/\d/.test(plain));
}

const CALENDAR =
  /^(?:(?:at\s+)?(?:an?\s+)?(?:half|quarter|\d{1,2}(?:\s+minutes)?)[\s-](?:past|to)\s+\w+|(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+\d{4})?)\.?$/i;
const COMMAND = /\\(?:text\s*\{[^{}]*\}|(?:begin|end)\s*\{[a-z]*\}|[a-zA-Z]+)|\b(?:and|or)\b/g;

/** Short without two words in a row, or longer without any. */
function isFormula(line: string): boolean {
  const plain = line.replace(COMMAND, ' ');
  const isSentence = /\p{L}{2}[,.:]?\s+\p{L}{2}|\p{L}{4}\s+\d/u.test(plain);
  return (line.length <= SHORT_RESPONSE && !isSentence) || !/\p{L}{3}/u.test(plain);
}

/** A sentence whose number is denied, or part of something else, is compared as a whole. */
const isShortSentence = (text: string) => text.length <= SHORT_RESPONSE && !/\n|[.!?]\s/.test(text.trim());

/** The last of several lines, where it is a formula and no sentence. */
function lastBareLine(text: string): string | undefined {
  const lines = text.slice(-MAX_ENDING).trim().split('\n');
  const last = lines[lines.length - 1].trim();
  return lines.length > 1 &&
    /^(?:[-+\d.([{]|\$+[^$]|\\(?!end|\])|[a-z](?:_\w|\([a-z]\))?\s*(?:[=<>≤≥∈]|\\(?:le|ge|lt|gt|in)))/i.test(last) &&
    last.length <= SHORT_RESPONSE &&
    isFormula(last)
    ? last
    : undefined;
}

/** A word or a few that stand alone on the last line, behind an empty one. */
const lastShortLine = (text: string) =>
  /(?<=[.:!])(?:\*\*)?[ \t]{0,9}\n\s{0,9}\n[ \t]{0,9}((?:\*\*)?[\p{L}'"-]+(?: [\p{L}'-]+){0,3}\.?(?:\*\*)?\.?)\s*$/u.exec(
    text.slice(-MAX_ENDING),
  )?.[1];

/** `Yes` or `no` before a reason, first or last in the text, where the two do not differ. */
function yesOrNo(text: string): string | undefined {
  const [whole, last] = [readYesOrNo(text), readYesOrNo(lastSentence(text.slice(-MAX_ENDING)))];
  const first = whole ?? readYesOrNo(text.trim().split('\n')[0]);
  return first && last && first !== last ? undefined : (last ?? whole);
}

/** What stands in the last `<answer>` tag; one that is never closed ends with the response. */
function lastTagged(text: string): string | undefined {
  const start = text.toLowerCase().lastIndexOf('<answer>');
  if (start < 0) return undefined;
  const content = text.slice(start + '<answer>'.length);
  const end = content.toLowerCase().indexOf('</answer>');
  return end < 0 ? content : content.slice(0, end);
}

const present = (answer: string | undefined, place: AnswerPlace): ExtractedAnswer | undefined =>
  answer === undefined || answer.trim() === '' ? undefined : { answer: answer.trim(), place };

/** A formula that ends the sentence, with the one that it is joined to by "and" or "or". */
function lastFormula(ending: string): string | undefined {
  const found = /(?:(?<!\\)\$((?:\\[\s\S]|[^$\\])+)\$|\\\(((?:(?!\\[()]).)+)\\\))[.!\s]*$/s.exec(ending);
  if (!found) return undefined;
  const before = ending.slice(0, found.index);
  if (deniesNext(before)) return undefined;
  const joined = /(?:\$([^$]+)\$|\\\(([^()]+)\\\))\s*(?:,\s*)?(?:or|and)\s*$/.exec(before);
  const sign = /(?:^|[\s=:])-$|=\s*-\s$/.test(before) ? '-' : '';
  return [joined?.[1] ?? joined?.[2], `${sign}${found[1] ?? found[2]}`].filter(Boolean).join(' or ');
}
