import { multiply, rational } from './rational.ts';
import { SYMBOL_UNITS, type Unit, WORD_UNITS } from './unit-table.ts';
import { parseNumberWords } from './words.ts';

export type { Unit } from './unit-table.ts';

/** Counted things of two or three letters, which would else be products of variables. */
const SHORT_WORDS = new Set(
  'rad ant bag bar bee bit box boy bus cab can cap car cat cow cup cut day dog egg fan fly guy hat hen hop hrs hat inn jar job key kid kit lap leg log man map men mug nut ox pcs pea pen pet pie pig pin pot pts rat ray red row sec set sip sit six sow sum tap tie tin top toy tub van way win yen yr yrs won wk mo st nd rd th rpm rps ppm ppb psi atm bar dB db lm lx cd mph kph kmh us usd eur gbp cny rmb inr aud cad jpy rs hp au ly ac acre ad ce of it in on for the per sq cu at all'.split(
    ' ',
  ),
);
const OPERATORS =
  /^(?:squared|cubed|factorial|halves|thirds?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|quarters?|hundredths?|thousandths?|hundreds?|thousands?|millions?|billions?|trillions?|tens|dozens?|fold|negative|below|above|under|approximately|(?:arc)?(?:sin|cos|tan|log|exp|sqrt)\p{L}{0,2})$/iu;

/**
 * True for what may stand behind a number and leave its value alone: known units, their powers, products and quotients,
 * and words. Short unknown runs of Latin letters are products of variables, and so are words right behind the digits.
 */
export function isUnitPhrase(text: string, isSpaced: boolean): boolean {
  const bare = text.replace(/\^\s*\{?\s*-?\d\s*\}?/g, ' ').replace(/[*/{}.°-]/g, ' ');
  if (/[^\p{L}\p{M}\s]/u.test(bare) || /^(?:st|nd|rd|th)\s+\S/.test(bare)) return false;
  const words = bare
    .replace(/(?<=\p{L}\s)(?:squared|cubed)\b/gu, '')
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.every((word) => isKnown(word) || isWord(word, isSpaced));
}

/** Beginnings of Chinese units, `厘` of `厘米`, which name none. */
const UNIT_STUMP = /^(?:平方|立方)?[厘釐毫微纳公]$|^(?:平方|立方)$/;

function isWord(word: string, isSpaced: boolean): boolean {
  if (!/[a-z]/i.test(word)) return !/\p{Script=Greek}/u.test(word) && !UNIT_STUMP.test(word);
  if (!isSpaced && !/^(?:st|nd|rd|th)$/.test(word)) return false;
  if (OPERATORS.test(word) || isNumberWord(word)) return false;
  if (word.length <= 3) return SHORT_WORDS.has(word.toLowerCase());
  return /[aeiouy]/i.test(word) && word !== word.toUpperCase();
}

/** `fives`, `twelfths`, `twenties`. */
const isNumberWord = (word: string) =>
  parseNumberWords(
    word
      .replace(/ie(?:s|ths?)$/, 'y')
      .replace(/lfths?$/, 'lve')
      .replace(/(?:th)?s?$/, ''),
  ) !== undefined;

const isKnown = (word: string) => findPower(unitName(word)) !== undefined;

/** True for a known unit as it may stand in a sentence behind its number; `in` is more often a preposition. */
export const isUnitSymbol = (text: string) => text !== 'in' && text !== '' && findUnit(unitName(text)) !== undefined;

/** Canonical spelling of what stands behind a number: no spaces or braces, singular, `square cm` as `cm^2`, `per` as `/`. */
export function unitName(text: string): string {
  const words = text
    .replace(/[{}]/g, '')
    .replace(/\s*\*\s*/g, '*')
    .replace(/[\s*]+(\p{L}+)\^-(\d)/gu, '/$1^$2')
    .replace(/\bNm\b|\bN m\b/g, 'N*m')
    .replace(/\p{L}+/gu, (word) => (SYMBOL_UNITS.has(word) ? word : word.toLowerCase()))
    .replace(/(?:\bdegrees?\s*|°\s*)?\b(?:celsius|centigrade)\b/g, 'degC')
    .replace(/(?:\bdegrees?\s*|°\s*)?\bfahrenheit\b/g, 'degF')
    .replace(/平方\s*(\p{L}+)/gu, '$1^2')
    .replace(/立方\s*(\p{L}+)/gu, '$1^3')
    .replace(/\s*(?:\bper\b|\/)\s*/g, '/')
    .replace(/\b(?:square|sq\.?)\s+([a-z]+)/g, '$1^2')
    .replace(/\b(?:cubic|cu\.?)\s+([a-z]+)/g, '$1^3')
    .replace(/\b([a-z]+)\s+squared\b/g, '$1^2')
    .replace(/\b([a-z]+)\s+cubed\b/g, '$1^3')
    .replace(/^(?:cny|rmb|人民币|元|块|块钱)$/, 'yuan')
    .replace(/^美元$/, 'dollar')
    .replace(/\bkmh\b|\bkph\b/g, 'km/h')
    .replace(/\bmph\b/g, 'mi/h')
    .replace(/\s+/g, '');
  return words.replace(/(?<=\p{L}{2})s(?=$|\^|\/)/gu, '');
}

/** The known unit of that canonical name, products of powers like `cm^2` and quotients like `km/h` included. */
export function findUnit(name: string): Unit | undefined {
  const whole = SYMBOL_UNITS.get(name);
  if (whole) return whole;
  const [above, below, ...more] = name.split('/').map(findPower);
  if (above === undefined || more.length > 0) return undefined;
  if (!name.includes('/')) return above;
  if (!below) return undefined;
  const factor = multiply(above.factor, rational(below.factor.denominator, below.factor.numerator)!);
  return factor && { dimension: `${above.dimension}/${below.dimension}`, factor };
}

function findPower(name: string): Unit | undefined {
  const [, base, exponent = '1'] = /^([^^]*)(?:\^([1-3]))?$/.exec(name) ?? [];
  const unit = SYMBOL_UNITS.get(base ?? '') ?? WORD_UNITS.get(base ?? '');
  if (!unit || exponent === '1') return unit;
  let { factor } = unit;
  for (let count = 1; count < Number(exponent); count += 1) factor = multiply(factor, unit.factor)!;
  if (unit.dimension === 'length' && exponent === '3') {
    return { dimension: 'volume', factor: multiply(factor, rational(1000n)!)! };
  }
  return { dimension: `${unit.dimension}^${exponent}`, factor };
}

/** `°`, `°C` and `C` may stand for each other, as answers leave out what the question says. */
export function areLooselySame(left: string, right: string): boolean {
  const temperatures = [/^(?:°|degree|deg|degC|C)$/, /^(?:°|degree|deg|degF|F)$/];
  return temperatures.some((names) => names.test(left) && names.test(right));
}
