const OPERATOR = String.raw`(?:[-+±*/×·÷]|\\(?:times|cdot|div|pm)(?![a-zA-Z]))`;
const RELATION = String.raw`(?:[<>≤≥≠]|\\(?:neq?|leq?|geq?|lt|gt)(?![a-zA-Z]))`;
const OPERAND = String.raw`(?:10\s*\^\s*(?:\{\s*-?\d+\s*\}|-?\d+)|\d+(?:\.\d+)?|\\[dt]?frac\s*\{[^{}]{1,20}\}\s*\{[^{}]{1,20}\}|\\sqrt\{[^{}]{1,20}\}|\\pi|π|\([^()$\n]{1,20}\)|(?<![a-zA-Z\\])[a-zA-Z](?![a-zA-Z]))`;
/** Characters before and behind a box that are looked at. */
export const MAX_AROUND = 60;

/** Words that make another thing of the number behind them. */
const WORDS_BEFORE =
  'not|never|minus|negative|twice|double|half(?: of)?|(?:more|less|fewer|greater|smaller) than|over|under|below|above|nearly|almost|maybe|perhaps|root(?: of)?|square of';
/** What stands right before a box and belongs to it: the command whose argument it is, else what the groups are named. */
const BEFORE = new RegExp(
  [
    String.raw`(?<command>\\(?:sqrt(?:\[\d+\])?|[dt]?frac(?:\{[^{}]{1,20}\})?)\{)`,
    String.raw`(?<formula>(?:${OPERAND}\s*${OPERATOR}\s*)+|(?:${OPERAND}\s*)?${RELATION}\s*|(?<![\w.])\d+(?:\.\d+)?|\\?\b(?:log|ln|lg|sin|cos|tan)(?:_\{?\w+\}?)?\s*|\|)`,
    String.raw`(?:^|[=\s$(])(?<minus>-)\s*\$?\s*`,
    String.raw`(?<words>\b(?:${WORDS_BEFORE})\s+)\$?`,
  ]
    .map((part) => `(?:${part})$`)
    .join('|'),
  'i',
);
/** What stands right behind one, also where the formula closes between the two. */
const BEHIND = new RegExp(
  [
    String.raw`^(?:\^\s*(?:\{[^{}]*\}|\d)|[²³⁴]|\\?%|(?:[.,:]|)\d+|e\d+|\\sqrt\{[^{}]*\}|\\pi|π|\||[a-zA-Z](?![\p{L}.]))+(?:\s*${OPERATOR}\s*${OPERAND})*`,
    String.raw`^\}?\s*\$?(?:\s*${OPERATOR}\s*${OPERAND})+`,
    String.raw`^\}?\s*\$?\s*(?:\\pi|π|\\sqrt\{[^{}]*\}|${RELATION}\s*${OPERAND}|(?:hundred|thousand|million|billion|trillion|dozen|score)\b|(?:times|or|plus|minus)\s+\$?(?:[-\d]|\\(?!f?box))[^\s.,$]*)`,
  ]
    .map((part) => `(?:${part})`)
    .join('|'),
  'iu',
);
/** Not the answer: asked about, or said to be wrong. */
const DISOWNED_BEHIND =
  /^\}?\s*\$?\s*[.,]?\s*(?:\(?(?:(?:is|was)\s+)?(?:wrong|incorrect|not (?:right|correct|it))\b|[✗✘❌✖]|\?)/i;

/** The end of the formula, of bold text and of the sentence. */
const NOTHING_BEHIND = /^[\s.$*)\]\\]*$/;

const NOTHING: Record<string, string | undefined> = {};

/** True where what follows a box says that it is not the answer. */
export const isDisowned = (after: string) => DISOWNED_BEHIND.test(after);

/**
 * The content of a box with what stands right around it: a minus, a factor, a power, a magnitude, `not`. In `3 + \boxed{4} = 7`
 * it fills a gap, and stands alone.
 */
export function withSurroundings(textBefore: string, content: string, textAfter: string): string {
  const line = textBefore.slice(textBefore.lastIndexOf('\n') + 1);
  const lineEnd = textAfter.indexOf('\n');
  const ahead = lineEnd < 0 ? textAfter : textAfter.slice(0, lineEnd);
  const isAlone = /(?:^|[=:.,([])\s*\$?\s*$/.test(line);
  if (isAlone && NOTHING_BEHIND.test(ahead)) return content;
  const fillsGap = /^[^=$]*=/.test(ahead.split(/\\[)\]]/)[0]);
  if (fillsGap) return content;
  const { command, formula, minus, words } = isAlone
    ? NOTHING
    : (BEFORE.exec(line.replace(/^\s*- (?=\$?$)/, ''))?.groups ?? NOTHING);
  const factorial = isInFormula(line) ? (/^!+/.exec(ahead)?.[0] ?? '') : '';
  const behind = (factorial || (BEHIND.exec(ahead)?.[0] ?? '')).replace(/^\}?\s*\$?(?=\s|$)|\$/g, '');
  if (command !== undefined) return `${command}${content}}${behind}`;
  const before = words ?? formula ?? minus ?? '';
  const isNumber = /^\w+$/.test(content);
  const joins = /^[.,:\d]/.test(behind) || /\d$/.test(before) ? isNumber : false;
  return before === '' && behind === ''
    ? content
    : `${before}${(before !== '' || factorial !== '') && words === undefined && minus === undefined && !joins ? `(${content})` : content}${behind}`;
}

/** `$\boxed{7}!$` and a box alone on its line; in prose, the mark is that of the sentence. */
function isInFormula(line: string): boolean {
  const isOpen = line.split('$').length % 2 === 0 || /\\[([](?!.*\\[)\]])/.test(line);
  return isOpen || !/\p{L}{2}/u.test(line.replace(/\\[a-zA-Z]+/g, ''));
}
