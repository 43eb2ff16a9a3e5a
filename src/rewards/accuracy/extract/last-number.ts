import { comparativeBehind, labelBefore } from '../comparative.ts';
import { withCurrencyBehind } from '../currency.ts';
import { leavesUnknown } from '../equation.ts';
import { normalizeAnswer } from '../normalize.ts';
import { isUnitPhrase, isUnitSymbol } from '../units.ts';
import { parseNumberWords } from '../words.ts';
import { NOT_SAID, REJECTS } from './doubt.ts';

/** A group, root or fraction; a number; letters right behind one; a name before its value. */
const ATOM = String.raw`(?:\\[dt]?frac\s*(?:\{[^{}]{1,40}\}){2}|\\sqrt(?:\[\d+\])?\{[^{}]{1,40}\}|\\pi\b|\([^()\n]{1,40}\)|√\s?\d+|π|\d+(?:,\d+|\{,\}\d+)*(?:\.\d+)?[¼½¾⅐-⅞]?|\.\d+|(?<=[\dπ)}])\p{L}{1,2}(?![\p{L}])(?!'))`;
const JOIN = String.raw`\s?(?:[-+*/:=×÷·^±<>≤≥]|\\times|\\cdot|\\div|\\pm|\^\\circ|\^\{)?\s?-?`;
const UNIT = String.raw`(?:\s?(?:%|°\s?[CF]?|\\%|\^\\circ|\^\{\\circ\}|percent\b|degrees?\b|[ap]\.?m\b\.?)|\s(?:hundred|thousand|million|billion|trillion|dozen|score|lakh|crore)\b)?`;
const PHRASE = new RegExp(
  String.raw`(?<![\p{Script=Latin}\p{Script=Greek}\d._\\/])(?:(minus|negative|[负負]|零下)\s*)?([-+±]\s?)?(${ATOM}(?:${JOIN}${ATOM}){0,40}\}?${UNIT})`,
  'giu',
);
/** The word behind a number, with its power or quotient where it is a unit. */
const NEXT_WORD =
  /^\s?((?:(?:square|sq\.?|cubic|cu\.?)\s)?[\p{L}Ω]+(?:\s?(?:\^\{?[23]\}?|[²³]))?(?:(?:\/|[·*]|\sper\s)[\p{L}]+(?:\^\{?[23]\}?|[²³])?)?)/u;
/** Beside one of these, a number is part of a formula or relation that was not read as a whole. */
const FORMULA_BEFORE =
  /(?:[|[{(^_*/<>≤≥≠≈÷×¢]|(?<!\p{L})(?:arc)?(?:sin|cos|tan|cot|sec|csc|log|ln|lg|exp|sqrt|root)|\\[a-zA-Z]+\*?|(?<![\p{L}])[a-z]\s*[-+])\s*$/u;
const FORMULA_AFTER =
  /^\s?(?:[|\]})^_*/<=>≤≥≠→+!×÷·‰²³⁻⁺⁰-⁹]|['"](?=[\s.]*$)|-\s?[\p{L}\d\\]|-(?=[\s.]*$)|\\[\\a-zA-Z])/u;

const DENIED = new RegExp(
  String.raw`\b(?:(?:could|might|may) be|not|never|cannot|can't|isn't|aren't|wasn't|doesn't|don't|won't|neither|nor|without|except|unless|if|instead of|rather than|wrong|incorrect|undetermined|unknown|insufficient|impossible|previously|formerly|used to be|before it)\b|\b${NOT_SAID}\b|\b${REJECTS}\b`,
  'i',
);
/** These make another thing of the number behind them, and of the one before. */
const COMPARED =
  /\b(?:(?:more|less|greater|fewer|larger|smaller|higher|lower|other) than|over|under|below|above|beyond|exceeds?|between|among|twice|double|triple|base|(?:divisible|divided|multiplied) by|(?:root|square|cube|multiple|factor|divisor|power|half|third|quarter|percent|reciprocal|inverse|logarithm)s? of|(?:\d|one|two|three|four|five) in|out of)\s*$/i;
const OPEN_END =
  /^[\s-]*(?:(?:third|fourth|quarter|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth|halve)s?\b|half\b|or\b|times\s+(?:[-\d\\(]|as\b|the\b)|factorial\b|below\b|squared\b|cubed\b|root\b|per\s+(?:thousand|mille|million|hundred|[cmk]?m\b)|(?:st|nd|rd|th)\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|of\s+[a-z](?!\p{L})|and an?\b|point\b|at (?:most|least)\b|(?:\p{L}+\s+){0,2}(?:more|less|fewer|greater|larger|smaller|older|younger|taller|longer|shorter|higher|lower)\s+than\b|以[上下内外]|[多几倍]?余|左右|点半|點半|…|,?\s*\.\.)/iu;
/** Between two numbers, these make the second what the first leads to. */
const LEADS =
  /(?:=|\b(?:so|then|thus|hence|therefore|is|are|was|were|equals?|gives?|get|makes?|leaves?|total|have|has|becomes?)\b)/i;
const MAX_SENTENCE = 400;

/** `$` opens formulas as well: money where it is escaped, or the only one. */
const LONE_DOLLAR =
  /(?:\\\$|(?<!\$.*)\$(?!.*\$))(\d[\d,]*(?:\.\d+)?)(?![\d.]*\s*(?:dollars|million|billion|thousand|[-+*/=]))/g;

interface Phrase {
  /** What makes a name of the number: `Figure `. */
  label: string | undefined;
  /** The number with its sign. */
  value: string;
  start: number;
  sign: string;
  end: number;
}

/**
 * The number that a sentence ends on, with its sign, its unit and the formula that it is part of. Undefined where the
 * sentence denies it, asks for it, or where it stands beside another one that it does not follow from.
 */
export function lastNumberPhrase(sentence: string): string | undefined {
  const plain = withCurrencyBehind(sentence.slice(-MAX_SENTENCE))
    .replace(/\\text(?:bf|rm|it|normal)?\s*\{([^{}]*)\}/g, ' $1 ')
    .replace(LONE_DOLLAR, '$1 dollars')
    .replace(/\\?\$|\*\*|\\[()[\]]/g, '');
  if (/\?\s*$/.test(plain)) return undefined;
  const phrases = findPhrases(plain);
  const last = phrases.at(-1);
  if (!last || isDenied(plain, last) || isPartOfFormula(plain, last)) return undefined;
  const before = phrases.at(-2);
  if (!before) return phraseText(plain, last);
  if (/^\s+of (?:them|these|those|which)\b/i.test(plain.slice(last.end))) return undefined;
  const between = plain.slice(before.end, last.start);
  if (/^[\s,]*(?:or|and|to|,)\s*$/.test(between)) {
    const opening = /\b(?:between|from)\s+$/i.exec(plain.slice(0, before.start))?.[0] ?? '';
    return (opening.toLowerCase() + plain.slice(before.start, last.end)).trim();
  }
  if (isParallel(plain.slice(0, before.start), between)) return undefined;
  return LEADS.test(between) || /[.;]\s/.test(between) ? phraseText(plain, last) : undefined;
}

/** `x is 3 and y is 5` gives two. */
const isParallel = (first: string, between: string) =>
  /(?:\b(?:is|are)|=)\s*$/.test(first) &&
  /^\s*,?\s*(?:and|while)\s[^.;]*(?:\b(?:is|are)|=)\s*$/.test(between) &&
  !/\b(?:so|thus|total|sum|product|difference|hence|therefore|answer|result)\b/i.test(between);

/** Those that are no names of something, `Figure 7`, where there are some. */
function findPhrases(plain: string): Phrase[] {
  const phrases = readPhrases(plain);
  const unnamed = phrases.filter(({ label }) => label === undefined);
  return unnamed.length > 0 ? unnamed : phrases;
}

/** `see (7)`. */
const referenceBefore = (before: string, number: string) =>
  number.startsWith('(') ? /\b(?:see|cf\.?|ref\.?|by|using)\s+$/i.exec(before)?.[0] : undefined;

function readPhrases(plain: string): Phrase[] {
  return [...plain.matchAll(PHRASE)]
    .filter(
      ({ 0: all, index }) =>
        /\d/.test(all) && !/^[\p{Script=Latin}\p{Script=Greek}\d_]/u.test(plain.slice(index + all.length)),
    )
    .map(({ 0: all, 1: minus, 2: sign = '', 3: number, index }) => {
      const before = plain.slice(0, index);
      return {
        label: labelBefore(before) ?? referenceBefore(before, number),
        value: `${minus === undefined ? sign.trim() : '-'}${number}`,
        start: index,
        sign,
        end: index + all.length,
      };
    });
}

/** The phrase with the unit or comparative behind it. */
function phraseText(plain: string, { label = '', value, start, end }: Phrase): string {
  const after = plain.slice(end);
  const word = NEXT_WORD.exec(after)?.[1] ?? '';
  const behind = comparativeBehind(plain.slice(0, start), after) ?? (isCounted(word) ? '' : word);
  return `${label}${value} ${behind}`.trim();
}

const FUNCTION_WORD = /^(?:in|to|and|or|is|are|as|at|by|so|if|we|it|be|of|for|on|has|was)$/i;

const MAGNITUDE = /^[百千万萬亿億兆백천만억]/;

/** `cm`, `square cm`. */
const isMeasure = (word: string) =>
  isUnitSymbol(word) ||
  /^(?:square|sq\.?|cubic|cu\.?)\s|^(?:rad(?:ian)?s?|gon|cents?|pence|dollars?|euros?|pounds?|yen|yuan|rupees?|won|usd|eur|gbp|jpy|cny|rmb|inr|krw)$|[·*]/i.test(
    word,
  );

/** A noun, which says what there are so many of; units and variables belong to the number. */
const isCounted = (word: string) =>
  FUNCTION_WORD.test(word) || (!MAGNITUDE.test(word) && isUnitPhrase(word, true) && !isMeasure(word));

/** Within brackets, behind a relation or before an operator, it is not the number alone that is given. */
const isPartOfFormula = (plain: string, { start, end, sign }: Phrase) =>
  isUnknownBefore(plain.slice(0, start)) ||
  /[-−]$/.test(plain.slice(0, start)) ||
  FORMULA_BEFORE.test(plain.slice(0, start)) ||
  FORMULA_BEFORE.test(plain.slice(0, start) + sign) ||
  FORMULA_AFTER.test(plain.slice(end));

/** `x^2 =` or `x + y = z =`, behind the words of the sentence. */
function isUnknownBefore(before: string): boolean {
  const chain = /([^,;]*?)\s*=\s*$/.exec(before)?.[1].split('=').map(normalizeAnswer) ?? [];
  const isWorkedOut = chain.length > 1 && chain.some((side) => /\d/.test(side));
  return !isWorkedOut && chain.some((side) => leavesUnknown(side));
}

function isDenied(plain: string, { start, end }: Phrase): boolean {
  const [before, after] = [plain.slice(0, start), plain.slice(end)];
  if (isBound(before, after)) return true;
  return (
    deniesNext(before) ||
    deniedBehind(after) ||
    SUBJECT.test(after) ||
    DOUBT_BEFORE.test(before) ||
    (BEGINNING.test(before) && BEGUN.test(after)) ||
    DOUBT_BEHIND.test(after) ||
    COMPARED.test(before) ||
    OPEN_END.test(after) ||
    REJECTED_BEHIND.test(after)
  );
}

/** The number is what the sentence speaks of: `7 is prime`, `7 divides 14`; but `7 is the answer`. */
const SUBJECT =
  /^\s+(?:(?:is|was)\s+(?!(?:also\s+|indeed\s+|therefore\s+)?(?:the|(?:our|my)\s+(?:final\s+)?answer|correct|right|required|needed|missing|left|what|how)\b)|(?:has|had|divides|goes|appears|occurs|might|may|could|would|does|seems|looks)\b)/i;

const DOUBT_BEFORE =
  /\b(?:nearly|almost|hardly|barely|scarcely|not quite|up to|upwards? of|short of|shy of|close to|near|anywhere from|just (?:under|over|below|above)|no|for (?:example|instance)|e\.g\.|such as|including|until|till),?\s+$/i;
/** `from 7 on`: where something begins. */
const BEGINNING = /\b(?:from|since)\s+$/i;
const BEGUN = /^\s*(?:on(?:wards?)?)?[.!\s]*$/i;
const REJECTED_BEHIND = new RegExp(String.raw`\b(?:wrong|incorrect|not|cannot|can't|impossible|${REJECTS})\b`, 'i');
const DOUBT_BEHIND =
  /^\s*(?:\?|,?\s*(?:maybe|perhaps|possibly|plus)\b|and (?:counting|up|more|over)\b|(?:of\s+)?(?:jan(?:uary)?|feb(?:ruary)?|march|april|june|july|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b)/i;

const BOUND =
  /^(?:.*?\b(?:is|are)\b|[^\p{L}]*)\s*(?:before|after|until|at least|at most|up to|no (?:more|less|fewer) than|almost|nearly|not quite)\s+$/isu;
const CHINESE_BOUND = /(?:[大小多少高低]于|[大小]於|超过|超過|不到|不足|至[少多]|最[少多]|将近|接近)\s*$/;

/** `at least 7` gives a bound; `at least 7 moves are needed` may be what was asked for. */
const isBound = (before: string, after: string) =>
  CHINESE_BOUND.test(before) ||
  (BOUND.test(before) && !(!/\b(?:is|are)\b/i.test(before) && /\b(?:is|are|must|needed|required)\b/.test(after)));

/** Languages that deny behind the number. */
const deniedBehind = (after: string) => /^\S{0,3}\s*(?:では?ない|じゃない|아니|아닙|değil)/.test(after);

const DENIES_NEXT =
  /(?<!\p{L})(?:no es|no son|não é|non è|nicht|keine?|pas|niet|не|tidak|bukan|không(?: phải)?(?: là)?)\s+$/iu;

/** True where what follows the text is denied or in doubt: only the clause that it stands in counts. */
export function deniesNext(before: string): boolean {
  if (/\b(?:any\w*|every\w*|all|none) but\s+(?:\w+\s+)?$/i.test(before)) return true;
  if (
    /(?:[不没非]|可能|也许|或许)\S{0,2}$|(?:如果|假设|假如|有人说)\S{0,6}$|(?<!至)[多少]了?$/.test(before) ||
    DENIES_NEXT.test(before)
  )
    return true;
  const clause = before.split(/[,;.]\s|\b(?:so|but|hence|thus|therefore)\b/).at(-1)!;
  return DENIED.test(clause);
}

const NUMBER_WORD =
  /\b(?:(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion)(?:[\s-]+(?:and\s+)?(?=\p{L})|\b))+/giu;

/** The one number that a sentence spells out; "one" only where it counts. */
export function onlyNumberInWords(sentence: string): string | undefined {
  if (sentence.length > MAX_SENTENCE || /\d/.test(sentence) || DENIED.test(sentence)) return undefined;
  const found = [...sentence.matchAll(NUMBER_WORD)];
  if (found.length !== 1) return undefined;
  const words = found[0][0].trim().replace(/\s+and$/i, '');
  const before = sentence.slice(0, found[0].index);
  const after = sentence.slice(found[0].index + words.length);
  if (COMPARED.test(before) || isBound(before, after) || /[\p{L}]-$/u.test(before)) return undefined;
  const isCount = words.toLowerCase() !== 'one' || /\b(?:is|are|only|exactly|just|have|has)\s+$/i.test(before);
  if (OPEN_END.test(after) || !isCount || parseNumberWords(words) === undefined) return undefined;
  const sign = /\b(?:negative|minus)\s+$/i.test(before) ? 'negative ' : '';
  const next = NEXT_WORD.exec(after)?.[1] ?? '';
  const behind = comparativeBehind(before, after) ?? (isMeasure(next) || /^(?:dozens?|score)$/i.test(next) ? next : '');
  return `${sign}${words} ${behind}`.trim();
}
