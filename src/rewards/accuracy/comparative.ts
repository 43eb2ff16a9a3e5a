/**
 * Words that make of the number beside them a difference, a multiple or a name: `7 more`, `7 years older`, `7% off`, `7倍`,
 * `row 7`. Such a number answers only a question that asks for it.
 */
const DEGREES = [
  'more|fewer|less|older|younger|taller|shorter|longer|higher|lower|larger|bigger|smaller|greater|further|farther|faster|slower',
  'heavier|lighter|colder|warmer|hotter|cooler|wider|narrower|deeper|thicker|thinner|richer|poorer|cheaper|later|earlier|sooner',
  'extra|additional|too \\p{L}+|times',
].join('|');
/** These only where nothing follows: `7 short` is no `7 short straws`. */
const LAST =
  '(?:ago|ahead|behind|off|increase|decrease|rise|drop|reduction|discount|short|early|late|fold|down|up)(?![\\s-]*\\p{L})';
const WORD = String.raw`(?:(?<!\\)\b(?:${DEGREES})\b|\b${LAST}|[个個]?(?:[倍成折]|番目))`;

/** Several in one: `5 pairs` are no 5, unless pairs are asked for. */
const GROUP = String.raw`(?:(?:pairs?|couples?|trios?|tripl(?:e|et)s?|twins|sets?|gross)\b|[对對双雙打套副组組])`;
const COUNT_WORD =
  'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|twenty|[a-z]+ty|hundred|[零一二两三四五六七八九十百]';
const behindCount = (word: string) =>
  new RegExp(String.raw`(?<=(?:\d|(?:^|[\s-])(?:${COUNT_WORD}))[\s-]{0,3})${word}`, 'iu');
const GROUPED = behindCount(GROUP);
/** A dozen is a number as well: 60 is `5 dozen`, whoever does not ask for dozens. */
const GROUPED_OR_DOZEN = behindCount(String.raw`(?:${GROUP}|dozens?\b)`);
const GROUP_BEHIND = new RegExp(String.raw`^[\s-]*(${GROUP})`, 'iu');

const COMPARATIVE = new RegExp(WORD, 'iu');
const COMPARATIVE_BEHIND = new RegExp(
  String.raw`^[\s-]*((?:[\p{L}%°]+\s+){0,2}?${WORD}|(?:second|minute|hour|day|week|month|year)s?\s+(?:before|after|past|to)\b)|^,?\s*((?:with (?:a )?)?(?:remainder(?: of)?|R|余)\s*\d+)`,
  'iu',
);
const NEEDED = /\b(?:needs?|needed|requires?|takes?|adds?|wants?|buys?)\s+$/i;

/** True for what stands behind a number and makes another thing of it. */
export const isCompared = (behind: string) => COMPARATIVE.test(behind) || GROUP_BEHIND.test(behind);

/** What makes another thing of the number between the two; nothing in `need 7 more`. */
export const comparativeBehind = (before: string, after: string) =>
  GROUP_BEHIND.exec(after)?.[1] ??
  (NEEDED.test(before)
    ? undefined
    : COMPARATIVE_BEHIND.exec(after)
        ?.slice(1)
        .find((words) => words !== undefined));

const NAMED = [
  'fig(?:ure|\\.)?|step|equations?|eq\\.|options?|questions?|problem|table|page|chapter|part|theorem|line|case|example|rule',
  'choice|row|column|room|item|day|level|floor|seat|position|exercise|round|section|team|group|player|bus|house|gate|platform',
  'track|lane|door|card|box|bag|remainder(?: of)?|(?:up|down|ris\\w+|rose|fell|falls|fallen|(?:in|de)creas\\w+|grew|grow\\w*|dropped|drops) by',
].join('|');
const LABEL = new RegExp(String.raw`(?:\b(?:${NAMED})\s*\(?|第\s*|余数?\s*|(?<![#\n])#\s?)$`, 'iu');
const LEADING_LABEL = new RegExp(String.raw`^(?:(?:in|on|at|it is|the|an?)\s+)*(${NAMED}|第|余数?)\s*(?=[-\d(])`, 'iu');

/** `Apollo 7`, `iPhone 7`, `on January 7`; at the start of a text, `Total 7` says what there are 7 of. */
const PROPER = /(?:(?<=[\p{Ll},]\s)\p{Lu}\p{Ll}+|\p{Ll}+\p{Lu}\p{L}*)[\s-]$/u;
const FIRST_WORD = /^\s*(?:the\s+)?(\p{Lu}\p{Ll}+)\s$/u;
const SAYS_WHAT =
  /^(?:answer|ans|total|totals|result|results|so|thus|hence|therefore|then|about|around|approximately|roughly|exactly|only|just|precisely|probably|count|sum|number|area|volume|length|width|height|perimeter|radius|diameter|circumference|distance|speed|time|age|price|cost|product|difference|quotient|mean|median|mode|average|range|value|all|altogether|finally|solution|output|yes|equals?|there|they|we|you|it|got|get|is|are|has|have|minus|negative|plus|all|all of|that)$/i;

/** What makes a name of the number that follows. */
export function labelBefore(before: string): string | undefined {
  const near = before.slice(-24);
  const label = LABEL.exec(near)?.[0] ?? PROPER.exec(near)?.[0];
  if (label !== undefined) return label;
  const first = FIRST_WORD.exec(before)?.[1];
  return first === undefined || SAYS_WHAT.test(first) ? undefined : `${first} `;
}

/**
 * The answer without what its question asks for: `row 7` where a row is asked for, `7 years older` where it is how much
 * older somebody is.
 */
export const withoutAskedWords = (answer: string, question: string) =>
  answer
    .replace(COMPARATIVE, (word) => (asksFor(question, word) ? '' : word))
    .replace(GROUPED_OR_DOZEN, (word) => (asksFor(question, word) ? '' : word))
    .replace(LEADING_LABEL, (all, word) => (asksFor(question, word.replace(/\s+(?:of|by)$/, '')) ? '' : all))
    .trim();

/** Both sides without the word that they share, or that only the gold has: `7 more` in a gold is 7. */
export function withoutSharedWords(answer: string, gold: string): [string, string] {
  const [word] = COMPARATIVE.exec(gold) ?? GROUPED.exec(gold) ?? [];
  if (word !== undefined) return [answer.replace(word, '').trim(), gold.replace(word, '').trim()];
  const [label] = LEADING_LABEL.exec(gold) ?? [];
  if (label === undefined) return [answer, gold];
  return [answer.startsWith(label) ? answer.slice(label.length) : answer, gold.slice(label.length)];
}

function asksFor(question: string, word: string): boolean {
  if (/[^\0-\x7f]/.test(word))
    return new RegExp(`(?:几|幾|多少|哪)\\S{0,6}?${word}|第[几幾]|${word}.{0,4}[?？]`).test(question);
  const stem = word.replace(/[^a-z\s]/gi, '').replace(/(?:e?s|ed|ing)$/i, '');
  return new RegExp(String.raw`\b(?:how|what|which|where|find|determine)\b[^.?!]*\b${stem}`, 'i').test(question);
}
