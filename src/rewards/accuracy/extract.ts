/** Where in a response its answer was found, from the surest place to the least. */
export type AnswerPlace =
  | 'boxed'
  | 'answer tags'
  | 'stated answer'
  | 'last choice'
  | 'last formula'
  | 'last line'
  | 'last number'
  | 'whole response';

export interface ExtractedAnswer {
  answer: string;
  place: AnswerPlace;
}

/** Without any other sign of an answer, a response of at most so many characters may be the answer itself. */
const SHORT_RESPONSE = 60;

/** Characters at the end of a response that are searched: an answer is not further from the end. */
const MAX_CONCLUSION = 20_000;
const MAX_ENDING = 2000;

/**
 * Finds the final answer of a response: in the last `<answer>` tag, closed or not, the last `\boxed{}`, several side by
 * side together; the last "answer is ..."; failing those, a short response as a whole, or the last choice letter
 * (`hasOptions`) or number of its last sentence. Only what follows `</think>` counts, so a response that never stops
 * thinking has no answer; of very long ones only the last 20,000 characters. Undefined where there is none.
 */
export function extractAnswer(response: string, hasOptions: boolean): ExtractedAnswer | undefined {
  const conclusion = afterThinking(response);
  if (conclusion === undefined) return undefined;
  const tagged = lastTagged(conclusion);
  const boxed = lastBoxed(tagged ?? conclusion);
  if (boxed !== undefined) return present(boxed, 'boxed');
  if (tagged !== undefined) return present(statedAnswer(tagged) ?? tagged, 'answer tags');
  const ending = lastSentence(conclusion);
  return (
    present(statedAnswer(conclusion), 'stated answer') ??
    (hasOptions ? present(choiceInWords(conclusion), 'last choice') : undefined) ??
    (isBareAnswer(conclusion) ? present(conclusion, 'whole response') : undefined) ??
    present(lastBareLine(conclusion), 'last line') ??
    (hasOptions ? present(lastChoice(ending), 'last choice') : undefined) ??
    present(lastFormula(ending), 'last formula') ??
    present(lastNumber(ending), 'last number')
  );
}

/** An expression, an equation, or words without digits; not a sentence around a number. */
function isBareAnswer(text: string): boolean {
  const plain = text.trim();
  if (plain.length > SHORT_RESPONSE || plain.includes('\n')) return false;
  const isEquation = plain.includes('=') && !/[.,;]\s/.test(plain);
  return isEquation || !/\d/.test(plain) || /^[-+\d.,([{$\\]/.test(plain);
}

/** The letter in a short sentence around one, such as `It is (B), I think`. */
function choiceInWords(text: string): string | undefined {
  const plain = text.trim();
  const isSentence = plain.length <= SHORT_RESPONSE && /^[A-Z][a-z']* [a-z]/.test(plain);
  return isSentence ? lastMatch(plain, /\(([A-J])\)/g) : undefined;
}

/** The last of several lines, where it is a formula and no sentence. */
function lastBareLine(text: string): string | undefined {
  const lines = text.slice(-MAX_ENDING).trim().split('\n');
  const last = lines[lines.length - 1].trim();
  return lines.length > 1 && /^(?:[-+\d.([{]|\$+[^$]|\\(?!end|\]))/.test(last) && isBareAnswer(last) ? last : undefined;
}

/** A number in an earlier sentence is rarely the answer: refusals repeat those of the question. */
const lastSentence = (text: string) =>
  text
    .slice(-MAX_ENDING)
    .trim()
    .split(/(?<=[.!?])\s+(?=[A-Z"“(])|\n+/)
    .at(-1) ?? '';

function afterThinking(response: string): string | undefined {
  if (!/<\/?think>/.test(response)) return response.slice(-MAX_CONCLUSION);
  const end = response.lastIndexOf('</think>');
  return end < 0 ? undefined : response.slice(end + '</think>'.length).slice(-MAX_CONCLUSION);
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

const lastMatch = (text: string, pattern: RegExp): string | undefined => [...text.matchAll(pattern)].at(-1)?.[1];

/**
 * Content of the last `\boxed{...}` or `\fbox{...}` whose braces close, nested braces included. Boxes with nothing but a
 * comma or "and" between them hold one answer: they are joined by commas.
 */
export function lastBoxed(text: string): string | undefined {
  const boxes = closedBoxes(text);
  const last = boxes.at(-1);
  if (!last) return undefined;
  const contents = [last.content];
  for (let index = boxes.length - 2; index >= 0; index -= 1) {
    const between = text.slice(boxes[index].end, boxes[index + 1].start).replaceAll('$', '');
    if (!/^\s*(?:,|,?\s*and|,?\s*or)\s*$/.test(between)) break;
    contents.unshift(boxes[index].content);
  }
  return contents.join(', ');
}

interface Box {
  start: number;
  end: number;
  content: string;
}

/** Every box that closes and stands in no other, in one pass over the text. */
function closedBoxes(text: string): Box[] {
  const boxes: Box[] = [];
  const open: { start: number; contentStart: number; isBox: boolean }[] = [];
  const pattern = /\\f?box(?:ed)?\s*\{|\\[\s\S]|[{}]/g;
  for (const { 0: mark, index } of text.matchAll(pattern)) {
    if (mark.endsWith('{') && mark !== '\\{') {
      open.push({ start: index, contentStart: index + mark.length, isBox: mark.length > 1 });
    } else if (mark === '}') {
      const opened = open.pop();
      if (!opened?.isBox) continue;
      while (boxes.length > 0 && boxes[boxes.length - 1].start > opened.start) boxes.pop();
      boxes.push({ start: opened.start, end: index + 1, content: text.slice(opened.contentStart, index) });
    }
  }
  return boxes;
}

/** What follows the last "answer is", "answer:", "answer should be" and the like, to the end of its sentence. */
function statedAnswer(text: string): string | undefined {
  const pattern =
    /\b(?:answer|choice|option)\s*(?:is|are|would be|should be|must be|will be|:|=|\*\*:|:\*\*)+\s*:?\s*([^\n]+)/gi;
  return lastMatch(text, pattern)?.replace(/\.(\s.*)?$/s, '');
}

const lastChoice = (text: string) =>
  lastMatch(text, /\(([A-J])\)/g) ?? lastMatch(text, /(?<![A-Za-z'])([B-HJ]|A(?=[.):,]|\s*$))(?![A-Za-z'])/g);

/** A formula that ends the sentence. */
const lastFormula = (ending: string) =>
  /(?:\$([^$]+)\$|\\\(((?:(?!\\[()]).)+)\\\))[.!\s]*$/s.exec(ending)?.slice(1).find(Boolean);

const lastNumber = (text: string) =>
  lastMatch(text, /((?<![\w.)])-?(?:\\frac\{-?\d+\}\{\d+\}|\d[\d,]*(?:\.\d+)?(?:\s*\/\s*\d+)?)\s?%?)/g);
