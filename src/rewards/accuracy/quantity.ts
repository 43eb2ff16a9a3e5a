import { type Comparison, compareExpressions } from './equivalence.ts';
import { describeExpression, type Expression } from './expression.ts';
import { parseExpression } from './parse-expression.ts';
import { type Rational, rational, toNumber } from './rational.ts';
import { findUnit, type Unit, unitName } from './units.ts';
import { parseNumberWords } from './words.ts';

/** A number with what stands behind it. */
export interface Quantity {
  value: Expression;
  isPercent: boolean;
  /** Canonical unit name; empty where there is none. */
  unit: string;
}

const MAX_LENGTH = 200;
const SINGLE_LETTER_UNITS = 'mglshtLV°';
const UNIT = String.raw`\p{L}[\p{L}\s]*\.?(?:\^\s*\{?\s*[23]\s*\}?)?(?:\s*\/\s*\p{L}+(?:\^\s*\{?\s*[23]\s*\}?)?)?`;
const MAGNITUDES: Record<string, bigint> = {
  hundred: 100n,
  thousand: 1000n,
  million: 10n ** 6n,
  billion: 10n ** 9n,
  dozen: 12n,
};
const MAGNITUDE = /^(hundred|thousand|million|billion|dozen)\b\s*(.*)$/s;
/** With one of these, what stands behind the number is no unit. */
const QUALIFIERS = /\b(?:or|and|not|more|less|most|least|than|to|over|plus|minus|times|without|if|but|half|quarter)\b/i;
/** Degrees behind one of these are its operand's. */
const CALL = /\\?(?:sin|cos|tan|cot|sec|csc)/;
const QUANTITY = new RegExp(String.raw`^(.*?(?:[\d)}!π]|\\pi|pi))(\s*)(%|percent|°)?\s*(${UNIT})?$`, 'su');

/**
 * Number first, unit after: `12 cm^2`, `3 apples`, `10%`, `\frac{1}{2} turn`, `seven`. A letter that is no unit is a
 * variable, and so is one right behind the number where `role` is `gold`: `3m` is 3 times m there, `3 m` three metres.
 */
export function readQuantity(plain: string, role: 'answer' | 'gold'): Quantity | undefined {
  if (plain.length > MAX_LENGTH) return readNumber(plain);
  const inWords = parseNumberWords(plain);
  if (inWords !== undefined) return fromRational(rational(inWords)!);
  const match = QUANTITY.exec(plain);
  if (!match) return readNumber(plain);
  const [, number, space, sign, rawUnit = ''] = match;
  const isLoneLetter = /^\p{L}(?:\^|$)/u.test(rawUnit.trim());
  const isVariable =
    isLoneLetter && (!SINGLE_LETTER_UNITS.includes(rawUnit.trim()[0]) || (role === 'gold' && space === '' && !sign));
  if (isVariable) return undefined;
  if (sign === '°' && CALL.test(number)) return readNumber(plain);
  const [, magnitude, unitWords] = MAGNITUDE.exec(rawUnit) ?? ['', '', rawUnit];
  const base = parseNumber(number);
  if (!base || QUALIFIERS.test(unitWords)) return undefined;
  const value = magnitude ? scale(base, rational(MAGNITUDES[magnitude])!) : base;
  const unit = unitName(`${sign === '°' ? '°' : ''}${unitWords}`);
  return { value, isPercent: sign === '%' || sign === 'percent', unit };
}

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
  if (left.unit !== '' && right.unit !== '' && left.unit !== right.unit) return compareAcrossUnits(left, right);
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
  if (a.dimension !== b.dimension) return 'different';
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
