import { isMultiple } from '../name.ts';
import { isUnitPhrase, isUnitSymbol } from '../units.ts';
import { parseNumberWords } from '../words.ts';

/** A group, root or fraction; a number; letters right behind one; a name before its value. */
const ATOM = String.raw`(?:\\[dt]?frac\s*(?:\{[^{}]{1,40}\}){2}|\\sqrt(?:\[\d+\])?\{[^{}]{1,40}\}|\\pi\b|\([^()\n]{1,40}\)|√\s?\d+|π|\d+(?:,\d+|\{,\}\d+)*(?:\.\d+)?[¼½¾⅐-⅞]?|\.\d+|(?<=[\dπ)}])\p{L}{1,2}(?![\p{L}])(?!'))`;
const JOIN = String.raw`\s?(?:[-+*/:=×÷·^±<>≤≥]|\\times|\\cdot|\\div|\\pm|\^\\circ|\^\{)?\s?-?`;
const UNIT = String.raw`(?:\s?(?:%|°\s?[CF]?|\\%|\^\\circ|\^\{\\circ\}|percent\b|degrees?\b|[ap]\.?m\b\.?)|\s(?:hundred|thousand|million|billion|trillion|dozen|lakh|crore)\b)?`;
const PHRASE = new RegExp(
  String.raw`(?<![\p{Script=Latin}\p{Script=Greek}\d._\\/])(?:(minus|negative)\s+)?([-+±]\s?)?(${ATOM}(?:${JOIN}${ATOM}){0,40}\}?${UNIT})`,
  'giu',
);
/** The word behind a number, with its power or quotient where it is a unit. */
const NEXT_WORD = /^\s?([\p{L}Ω]+(?:\s?(?:\^\{?[23]\}?|[²³]))?(?:(?:\/|\sper\s)[\p{L}]+(?:\^\{?[23]\}?|[²³])?)?)/u;
/** Beside one of these, a number is part of a formula or relation that was not read as a whole. */
const FORMULA_BEFORE = /(?:[|[{(^_*/<>≤≥≠≈]|\\[a-zA-Z]+\*?|(?<![\p{L}])[a-z]\s*[-+])\s*$/u;
const FORMULA_AFTER = /^\s?(?:[|\]})^_*/<>≤≥≠+!]|-\s?[\p{L}\d\\]|\\[a-zA-Z]+)/u;

/** The number stands for something else than an answer. */
const LABEL =
  /\b(?:fig(?:ure|\.)?|step|equations?|eq\.|options?|questions?|problem|table|page|chapter|part|theorem|line|case|example|rule|choice)\s*\(?$/i;
const DENIED =
  /\b(?:not|never|cannot|can't|isn't|aren't|wasn't|doesn't|don't|won't|neither|nor|without|except|unless|if|instead of|rather than|wrong|incorrect|undetermined|unknown|insufficient|impossible)\b/i;
/** These make another thing of the number behind them, and of the one before. */
const COMPARED =
  /\b(?:(?:more|less|greater|fewer|larger|smaller|higher|lower|other) than|over|under|below|above|beyond|exceeds?|between|twice|double|triple|base|(?:divisible|divided|multiplied) by|(?:root|square|cube|multiple|factor|divisor|power|half|third|quarter|percent|reciprocal|inverse|logarithm)s? of|(?:\d|one|two|three|four|five) in|out of)\s*$/i;
const OPEN_END =
  /^[\s-]*(?:(?:third|fourth|quarter|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth|halve)s?\b|half\b|or\b|times\b|factorial\b|below\b|squared\b|cubed\b)/i;
/** Between two numbers, these make the second what the first leads to. */
const LEADS =
  /(?:=|\b(?:so|then|thus|hence|therefore|is|are|was|were|equals?|gives?|get|makes?|leaves?|total|have|has|becomes?)\b)/i;
const MAX_SENTENCE = 400;

interface Phrase {
  text: string;
  start: number;
  sign: string;
  end: number;
}

/**
 * The number that a sentence ends on, with its sign, its unit and the formula that it is part of. Undefined where the
 * sentence denies it, asks for it, or where it stands beside another one that it does not follow from.
 */
export function lastNumberPhrase(sentence: string): string | undefined {
  const plain = sentence.slice(-MAX_SENTENCE).replace(/\\?\$|\*\*|\\[()[\]]/g, '');
  if (/\?\s*$/.test(plain)) return undefined;
  const phrases = findPhrases(plain);
  const last = phrases.at(-1);
  if (!last || isDenied(plain, last) || isPartOfFormula(plain, last)) return undefined;
  const before = phrases.at(-2);
  if (!before) return last.text;
  const between = plain.slice(before.end, last.start);
  if (/^[\s,]*(?:or|and|to|,)\s*$/.test(between)) {
    const opening = /\b(?:between|from)\s+$/i.exec(plain.slice(0, before.start))?.[0] ?? '';
    return (opening.toLowerCase() + plain.slice(before.start, last.end)).trim();
  }
  return LEADS.test(between) || /[.;]\s/.test(between) ? last.text : undefined;
}

function findPhrases(plain: string): Phrase[] {
  return [...plain.matchAll(PHRASE)]
    .filter(
      ({ 0: all, index }) =>
        /\d/.test(all) && !/^[\p{Script=Latin}\p{Script=Greek}\d_]/u.test(plain.slice(index + all.length)),
    )
    .filter(({ index }) => !LABEL.test(plain.slice(Math.max(0, index - 12), index)))
    .map(({ 0: all, 1: minus, 2: sign = '', 3: number, index }) => {
      const word = NEXT_WORD.exec(plain.slice(index + all.length))?.[1] ?? '';
      const unit = isCounted(word) ? '' : ` ${word}`;
      return {
        text: `${minus === undefined ? sign.trim() : '-'}${number}${unit}`.trim(),
        start: index,
        sign,
        end: index + all.length,
      };
    });
}

const FUNCTION_WORD = /^(?:in|to|and|or|is|are|as|at|by|so|if|we|it|be|of|for|on|has|was)$/i;

const MAGNITUDE = /^[百千万萬亿億兆백천만억]/;

/** A noun, which says what there are so many of; units and variables belong to the number. */
const isCounted = (word: string) =>
  FUNCTION_WORD.test(word) || (!MAGNITUDE.test(word) && isUnitPhrase(word, true) && !isUnitSymbol(word));

/** Within brackets, behind a relation or before an operator, it is not the number alone that is given. */
const isPartOfFormula = (plain: string, { start, end, sign }: Phrase) =>
  isMultiple(/([^=]*?)\s*=\s*$/.exec(plain.slice(0, start))?.[1] ?? '') ||
  FORMULA_BEFORE.test(plain.slice(0, start) + sign) ||
  FORMULA_AFTER.test(plain.slice(end));

function isDenied(plain: string, { start, end }: Phrase): boolean {
  const [before, after] = [plain.slice(0, start), plain.slice(end)];
  return (
    deniesNext(before) || COMPARED.test(before) || OPEN_END.test(after) || /\b(?:wrong|incorrect|not)\b/.test(after)
  );
}

/** True where what follows the text is denied or in doubt: only the clause that it stands in counts. */
export function deniesNext(before: string): boolean {
  if (/\b(?:any\w*|every\w*|all|none) but\s+(?:\w+\s+)?$/i.test(before)) return true;
  if (/[不没非]\S{0,2}$/.test(before)) return true;
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
  const isCount = words.toLowerCase() !== 'one' || /\b(?:is|are|only|exactly|just|have|has)\s+$/i.test(before);
  if (OPEN_END.test(sentence.slice(found[0].index + words.length))) return undefined;
  return isCount && parseNumberWords(words) !== undefined ? words : undefined;
}
