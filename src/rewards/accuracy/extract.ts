/** Where in a response its answer was found, from the surest place to the least. */
export type AnswerPlace = 'boxed' | 'answer tags' | 'stated answer' | 'last choice' | 'last number' | 'whole response';

export interface ExtractedAnswer {
  answer: string;
  place: AnswerPlace;
}

/** Without any other sign of an answer, a response of at most so many characters may be the answer itself. */
const SHORT_RESPONSE = 60;

/**
 * Finds the final answer of a response: the last `<answer>` tag, the last `\boxed{}`, the last "answer is ...", and,
 * failing those, a short response as a whole, or the last choice letter (`hasOptions`) or number of its last sentence. Only what follows `</think>` counts, so a response
 * that never stops thinking has no answer. Undefined where there is none.
 */
export function extractAnswer(response: string, hasOptions: boolean): ExtractedAnswer | undefined {
  const conclusion = afterThinking(response);
  if (conclusion === undefined) return undefined;
  const tagged = lastMatch(conclusion, /<answer>([\s\S]*?)<\/answer>/gi);
  const boxed = lastBoxed(tagged ?? conclusion);
  if (boxed !== undefined) return present(boxed, 'boxed');
  if (tagged !== undefined) return present(tagged, 'answer tags');
  const ending = lastSentence(conclusion);
  return (
    present(statedAnswer(conclusion), 'stated answer') ??
    (isBareAnswer(conclusion) ? present(conclusion, 'whole response') : undefined) ??
    (hasOptions ? present(lastChoice(ending), 'last choice') : undefined) ??
    present(lastNumber(ending), 'last number')
  );
}

/** An expression, an equation, or words without digits; not a sentence around a number. */
function isBareAnswer(text: string): boolean {
  const plain = text.trim();
  if (plain.length > SHORT_RESPONSE) return false;
  const isEquation = plain.includes('=') && !/[.,;]\s/.test(plain);
  return isEquation || !/\d/.test(plain) || /^[-+\d.,([{$\\]/.test(plain);
}

/** A number in an earlier sentence is rarely the answer: refusals repeat those of the question. */
const lastSentence = (text: string) =>
  text
    .trim()
    .split(/(?<=[.!?])\s+(?=[A-Z"“(])|\n+/)
    .at(-1) ?? '';

function afterThinking(response: string): string | undefined {
  const end = response.lastIndexOf('</think>');
  if (end >= 0) return response.slice(end + '</think>'.length);
  return response.includes('<think>') ? undefined : response;
}

const present = (answer: string | undefined, place: AnswerPlace): ExtractedAnswer | undefined =>
  answer === undefined || answer.trim() === '' ? undefined : { answer: answer.trim(), place };

const lastMatch = (text: string, pattern: RegExp): string | undefined => [...text.matchAll(pattern)].at(-1)?.[1];

/** Content of the last `\boxed{...}` or `\fbox{...}` whose braces close, nested braces included. */
export function lastBoxed(text: string): string | undefined {
  const openings = [...text.matchAll(/\\f?box(?:ed)?\s*\{/g)].reverse();
  for (const opening of openings) {
    const start = opening.index + opening[0].length;
    const length = lengthToClosingBrace(text.slice(start));
    if (length !== undefined) return text.slice(start, start + length);
  }
  return undefined;
}

function lengthToClosingBrace(text: string): number | undefined {
  let depth = 1;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '{') depth += 1;
    else if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return undefined;
}

/** What follows the last "answer is", "answer:", "answer should be" and the like, to the end of its sentence. */
function statedAnswer(text: string): string | undefined {
  const pattern =
    /\b(?:answer|choice|option)\s*(?:is|are|would be|should be|must be|will be|:|=|\*\*:|:\*\*)+\s*:?\s*([^\n]+)/gi;
  return lastMatch(text, pattern)?.replace(/\.(\s.*)?$/s, '');
}

const lastChoice = (text: string) =>
  lastMatch(text, /\(([A-J])\)/g) ?? lastMatch(text, /(?<![A-Za-z'])([B-HJ]|A(?=[.):,]|\s*$))(?![A-Za-z'])/g);

const lastNumber = (text: string) =>
  lastMatch(text, /((?<![\w.)])-?(?:\\frac\{-?\d+\}\{\d+\}|\d[\d,]*(?:\.\d+)?(?:\s*\/\s*\d+)?)\s?%?)/g);
