import { isCompared } from './comparative.ts';
import { type Comparison, compareExpressions } from './equivalence.ts';
import { describeExpression, type Expression } from './expression.ts';
import { parseSpelledNumber, spellOutNumber } from './number-words.ts';
import { parseExpression } from './parse-expression.ts';
import { type Rational, rational, toNumber } from './rational.ts';
import { areLooselySame, findUnit, isUnitPhrase, type Unit, unitName } from './units.ts';

/** A number with what stands behind it. */
export interface Quantity {
  value: Expression;
  isPercent: boolean;
  /** Canonical unit name; empty where there is none. */
  unit: string;
}

const MAX_LENGTH = 200;
const MAX_SPLITS = 6;
/** Letters that are units right behind the digits too, in an answer; the others only behind a space. */
const ADJACENT_UNITS = 'mglshtLV°Ω';
const SPACED_UNITS = `${ADJACENT_UNITS}NJWAKCFT`;
const MAGNITUDES: Record<string, bigint> = {
  ...{ tens: 10n, hundred: 100n, thousand: 1000n, million: 10n ** 6n, billion: 10n ** 9n, trillion: 10n ** 12n },
  ...{ quadrillion: 10n ** 15n, dozen: 12n, score: 20n, lakh: 10n ** 5n, crore: 10n ** 7n },
  ...{ 百: 100n, 千: 1000n, 万: 10n ** 4n, 萬: 10n ** 4n, 亿: 10n ** 8n, 億: 10n ** 8n, 兆: 10n ** 12n },
  ...{ 백: 100n, 천: 1000n, 만: 10n ** 4n, 억: 10n ** 8n },
};
const MAGNITUDE =
  /^(?:(tens(?=$|\s)|hundred|thousand|(?:m|b|tr|quadr)illion|dozen|score(?!s)|lakh|crore)s?\b|(?!千[克米瓦卡])([百千万萬亿億兆백천만억]))\s*(.*)$/is;
const POWER_WORDS: Record<string, bigint> = { squared: 2n, cubed: 3n };
/** With one of these, what stands behind the number is no unit. */
const QUALIFIERS =
  /\b(?:or|and|not|more|less|fewer|most|least|than|to|over|plus|minus|times|without|if|but|half|quarter|almost|nearly|maybe|perhaps|possibly|too|before|after|past|is|was|has|had|appears|occurs|divides|might|may|could|would|onwards?|upwards?|on$)\b|以[上下内外前后]|之[前后内]|左右|[几多余]|点半|點半|ない|아니|아닙/i;
/** Degrees behind one of these are its operand's. */
const CALL = /\\?(?:sin|cos|tan|cot|sec|csc)/;

/**
 * Number first, unit after: `12 cm^2`, `3 apples`, `10%`, `12π cm`, `\frac{1}{2} turn`, `seven`. The number is as long as
 * it can be. A letter that is no unit is a variable, and so is one right behind the number where `role` is `gold`: `3m` is
 * 3 times m there, `3 m` three metres.
 */
export function readQuantity(plain: string, role: 'answer' | 'gold'): Quantity | undefined {
  if (plain.length > MAX_LENGTH) return readNumber(plain);
  const inWords = parseSpelledNumber(plain);
  if (inWords !== undefined) return fromRational(inWords);
  const spelled = spellOutNumber(plain);
  if (spelled !== plain) return readQuantity(spelled, role);
  const share = /^(\d{1,9})\s+(?:out of|in)\s+(\d{1,9})$/.exec(plain);
  if (share) return readNumber(`${share[1]}/${share[2]}`);
  const whole = /[%°]|\p{L}{2}/u.test(plain) ? undefined : readNumber(plain);
  if (whole) return whole;
  const parts = splitNumber(plain.replace(/°\s*([CF])(?!\p{L})/u, ' deg$1'));
  return parts ? readParts(plain, parts, role) : readNumber(plain);
}

interface Parts {
  base: Expression;
  isCall: boolean;
  isSpaced: boolean;
  rest: string;
}

/** The longest beginning that is a number, and what stands behind it. */
function splitNumber(plain: string): Parts | undefined {
  let parts: Parts | undefined;
  let splits = 0;
  for (const { index } of plain.matchAll(/(?<![\p{L}\\])[\p{L}°%]/gu)) {
    const number = plain.slice(0, index);
    if (!/[\d)}!πi]\s*$/.test(number)) continue;
    const base = parseNumber(number);
    if (base) parts = { base, isCall: CALL.test(number), isSpaced: number.endsWith(' '), rest: plain.slice(index) };
    splits += 1;
    if (splits === MAX_SPLITS || (parts && !base)) break;
  }
  return parts;
}

function readParts(plain: string, { base, isCall, isSpaced, rest }: Parts, role: 'answer' | 'gold') {
  const [, sign, words] = /^(%|percent\b|per cent\b|°)?\s*(.*)$/s.exec(rest)!;
  if (sign === '°' && isCall) return readNumber(plain);
  if (isVariable(words, isSpaced || sign !== undefined, role)) return readNumber(plain);
  const power = POWER_WORDS[words];
  if (power) return { value: raise(base, power), isPercent: false, unit: '' };
  const [, inLatin, inOther, behind = ''] = MAGNITUDE.exec(words) ?? ['', '', '', words];
  const magnitude = inLatin || inOther;
  if (
    QUALIFIERS.test(behind) ||
    isCompared(behind) ||
    !isUnitPhrase(behind, isSpaced || magnitude !== '' || sign !== undefined)
  ) {
    return readNumber(plain);
  }
  const value = magnitude ? scale(base, rational(MAGNITUDES[magnitude.toLowerCase()])!) : base;
  const isPercent = sign !== undefined && sign !== '°';
  return { value, isPercent, unit: unitName(`${sign === '°' ? '°' : ''}${behind}`) };
}

function isVariable(words: string, isSpaced: boolean, role: 'answer' | 'gold'): boolean {
  const letter = /^(\p{L})(?:\^|\*|\/|$)/u.exec(words)?.[1];
  if (letter === undefined || !/[A-Za-z\p{Script=Greek}]/u.test(letter)) return false;
  const isKnown = (isSpaced ? SPACED_UNITS : ADJACENT_UNITS).includes(letter);
  return !isKnown || (role === 'gold' && !isSpaced && letter !== 'Ω');
}

const raise = (base: Expression, exponent: bigint): Expression => ({
  kind: 'binary',
  operator: '^',
  left: base,
  right: { kind: 'number', value: { numerator: exponent, denominator: 1n }, isDecimal: false },
});

const fromRational = (value: Rational): Quantity => ({
  value: { kind: 'number', value, isDecimal: false },
  isPercent: false,
  unit: '',
});

function readNumber(plain: string): Quantity | undefined {
  const value = parseNumber(plain);
  return value && { value, isPercent: false, unit: '' };
}

function parseNumber(text: string): Expression | undefined {
  const value = parseExpression(text);
  return value && describeExpression(value).variables.size === 0 ? value : undefined;
}

/**
 * Percent: `x%` equals both `x` (the sign as a unit) and `x/100` (the sign as a factor), because questions ask "what
 * percent" and "what share" alike; without the sign, 50 and 0.5 differ. Units are dropped where one side has none;
 * known ones are converted (`3 m`, `300 cm`). Degrees equal the plain number and the radians alike.
 */
export function compareQuantities(left: Quantity, right: Quantity): Comparison {
  const areUnlike = left.unit !== '' && right.unit !== '' && left.unit !== right.unit;
  if (areUnlike && !areLooselySame(left.unit, right.unit)) return compareAcrossUnits(left, right);
  if (left.isPercent !== right.isPercent && (left.isPercent ? right : left).unit !== '') return 'different';
  const result = compareExpressions(left.value, right.value);
  if (result === 'equal') return result;
  if (left.isPercent !== right.isPercent) {
    const [percent, plain] = left.isPercent ? [left, right] : [right, left];
    return compareExpressions(scale(percent.value, rational(1n, 100n)!), plain.value);
  }
  const [degrees, radians] = left.unit === '°' ? [left, right] : [right, left];
  const isAngle = degrees.unit === '°' && radians.unit === '' && mentionsPi(radians.value);
  return isAngle ? compareExpressions({ kind: 'call', name: 'degree', operand: degrees.value }, radians.value) : result;
}

function compareAcrossUnits(left: Quantity, right: Quantity): Comparison {
  const [a, b] = [findUnit(left.unit), findUnit(right.unit)];
  const [degrees, radians] = left.unit === '°' ? [left, right] : [right, left];
  if (degrees.unit === '°' && /^rad(?:ian)?$/.test(radians.unit)) {
    return compareExpressions({ kind: 'call', name: 'degree', operand: degrees.value }, radians.value);
  }
  if (!a || !b) return 'undecided';
  const isWork = a.dimension === 'torque' && b.dimension === 'energy';
  if (a.dimension !== b.dimension && !isWork) return 'different';
  return compareExpressions(scale(left.value, a.factor), scale(right.value, b.factor));
}

const scale = (value: Expression, factor: Rational): Expression => ({
  kind: 'binary',
  operator: '*',
  left: value,
  right: { kind: 'number', value: factor, isDecimal: false },
});

function mentionsPi(value: Expression): boolean {
  if (value.kind === 'constant') return value.name === 'pi';
  return value.kind === 'binary' && (mentionsPi(value.left) || mentionsPi(value.right));
}

/** `2 hours 30 minutes`, `5 ft 3 in`, `3h 40m`: the sum in base units, where each unit is smaller than the one before. */
export function readCompoundQuantity(plain: string): Quantity | undefined {
  if (plain.length > MAX_LENGTH) return undefined;
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)\s*(\p{L}+)(?:,|\s|\band\b)*/gu)];
  if (parts.length < 2 || parts.length > 4 || parts.map(([part]) => part).join('') !== plain) return undefined;
  const names = parts.map(([, , name]) => unitName(name));
  const units = names.map((name) => findUnit(name === 'm' && /^h/.test(names[0]) ? 'min' : name));
  const isFalling = units.every((unit, index) => unit && (index === 0 || isSmallerUnit(unit, units[index - 1]!)));
  if (!isFalling) return undefined;
  const terms = parts.map(([, number], index) => scale(parseExpression(number)!, units[index]!.factor));
  const value = terms.reduce((left, right) => ({ kind: 'binary', operator: '+', left, right }));
  return { value, isPercent: false, unit: BASE_UNITS[units[0]!.dimension] ?? '' };
}

const isSmallerUnit = (unit: Unit, other: Unit) =>
  unit.dimension === other.dimension && toNumber(unit.factor) < toNumber(other.factor);

const BASE_UNITS: Record<string, string> = { length: 'm', mass: 'g', time: 's', volume: 'l', angle: '°' };
