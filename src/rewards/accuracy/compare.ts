import { evaluateExpression, type NumericValue } from './expression.ts';
import { normalizeAnswer } from './normalize.ts';

/** `undecided`: the two are written differently and at least one is beyond what the comparison understands. */
export type Comparison = 'equal' | 'different' | 'undecided';

/** Decimals and irrational numbers agree when they differ by less than this (six decimals). */
const ROUNDING = 1e-6;
const MAX_LENGTH = 400;

const NUMBER_WORDS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const SINGLE_LETTER_UNITS = 'mglshV';

/**
 * Compares two answers as quantities, tuples, sets, intervals, lists, or, failing that, as text.
 * Percent: `x%` equals both `x` (the sign as a unit) and `x/100` (the sign as a factor), because questions ask
 * "what percent" and "what share" alike; without the sign, 50 and 0.5 differ.
 * Units are dropped when one side has none, and are otherwise expected to agree. `x = 5` equals `5`.
 */
export function compareAnswers(answer: string, gold: string): Comparison {
  if (answer.length > MAX_LENGTH) return 'undecided';
  const [plainAnswer, plainGold] = [normalizeAnswer(answer), normalizeAnswer(gold)];
  if (asText(plainAnswer) === asText(plainGold)) return 'equal';
  const hasList = [plainAnswer, plainGold].some((plain) => readCollection(plain)?.brackets === '');
  const [left, right] = hasList ? [plainAnswer, plainGold] : dropVariable(plainAnswer, plainGold);
  if (asText(left) === asText(right)) return 'equal';
  if (isCollection(left) || isCollection(right)) return compareCollections(left, right);
  const [leftQuantity, rightQuantity] = [readQuantity(left), readQuantity(right)];
  if (leftQuantity && rightQuantity) return compareQuantities(leftQuantity, rightQuantity);
  return isWord(left) && isWord(right) ? 'different' : 'undecided';
}

/** True where two answers are the same text, whatever their spacing, case and LaTeX dress. */
export const isSameText = (left: string, right: string) =>
  asText(normalizeAnswer(left)) === asText(normalizeAnswer(right));

/** True where the text, read as an answer, holds something to compare. */
export function isComparable(gold: string): boolean {
  const plain = normalizeAnswer(gold);
  return plain !== '' && hasBalancedBraces(plain);
}

function hasBalancedBraces(text: string): boolean {
  let depth = 0;
  for (const character of text.replace(/\\[{}]/g, '')) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Spaces between digits stay: `2 3` is not `23`. */
const asText = (plain: string) =>
  plain
    .toLowerCase()
    .replace(/(?<!\d)\s+|\s+(?!\d)|["'`]/g, '')
    .replace(/^\(([^(),]*)\)$/, '$1');
const isWord = (plain: string) => /^[\p{L}\s'-]+$/u.test(plain);

/** Takes `x =` off the side that has it when the other has none, or off both when they name the same. */
function dropVariable(left: string, right: string): [string, string] {
  const split = (text: string) => {
    const at = text.lastIndexOf('=');
    return at < 0 ? { name: '', value: text } : { name: asText(text.slice(0, at)), value: text.slice(at + 1).trim() };
  };
  const [a, b] = [split(left), split(right)];
  const isSameName = a.name === b.name || a.name === '' || b.name === '';
  const isNamed = [a.name, b.name].every((name) => !/[<>≤≥]/.test(name));
  return isSameName && isNamed ? [a.value, b.value] : [left, right];
}

interface Quantity {
  value: NumericValue;
  isPercent: boolean;
  unit: string;
}

/** Number first, unit after: `12 cm^2`, `3 apples`, `10%`, `\frac{1}{2} turn`. A lone unknown letter is a variable. */
function readQuantity(plain: string): Quantity | undefined {
  const word = NUMBER_WORDS.indexOf(plain.toLowerCase());
  const text = word >= 0 ? String(word) : plain;
  const match = /^(.*?[\d)}]|.*?pi)\s*(%|percent)?\s*([\p{L}][\p{L}\s]*(?:\^\s*\{?\s*[23]\s*\}?)?)?$/su.exec(text);
  if (!match) return undefined;
  const [, number, percent, rawUnit = ''] = match;
  const unit = rawUnit
    .replace(/[\s{}]/g, '')
    .toLowerCase()
    .replace(/s$/, '');
  const isVariable = unit.replace(/\^[23]$/, '').length === 1 && !SINGLE_LETTER_UNITS.includes(rawUnit.trim()[0]);
  const value = isVariable ? undefined : evaluateExpression(number);
  return value && { value, isPercent: percent !== undefined, unit };
}

function compareQuantities(left: Quantity, right: Quantity): Comparison {
  if (left.unit !== '' && right.unit !== '' && left.unit !== right.unit) return 'undecided';
  if (isSameNumber(left.value, right.value)) return 'equal';
  if (left.isPercent === right.isPercent) return 'different';
  const [percent, plain] = left.isPercent ? [left, right] : [right, left];
  return isClose(percent.value.approximate / 100, plain.value.approximate) ? 'equal' : 'different';
}

/** Exact where both are exact; a written decimal or an irrational number allows for its rounding. */
function isSameNumber(left: NumericValue, right: NumericValue): boolean {
  if (left.exact && right.exact) {
    const [a, b] = [left.exact, right.exact];
    const cross = a.numerator * b.denominator - b.numerator * a.denominator;
    if (cross === 0n) return true;
    if (!left.isRounded && !right.isRounded) return false;
    const difference = cross < 0n ? -cross : cross;
    return difference * BigInt(1 / ROUNDING) < a.denominator * b.denominator;
  }
  return isClose(left.approximate, right.approximate);
}

const isClose = (left: number, right: number) =>
  Math.abs(left - right) < ROUNDING || Math.abs(left - right) < 1e-12 * Math.abs(right);

interface Collection {
  brackets: string;
  items: string[];
}

const isCollection = (plain: string) => readCollection(plain) !== undefined;

/** `(a, b)` and `[a, b)` keep order and ends; `{a, b}` and bare lists (`a, b and c`, as of solutions) do not; `a : b` is a ratio. */
function readCollection(plain: string): Collection | undefined {
  const set = /^\\\{(.*)\\\}$/s.exec(plain);
  const bracketed = /^([([])(.*)([)\]])$/s.exec(plain);
  if (set) return { brackets: '', items: splitTopLevel(set[1], /[,;]/) };
  if (bracketed) {
    const items = splitTopLevel(bracketed[2], /[,;]/);
    return items.length > 1 ? { brackets: bracketed[1] + bracketed[3], items } : undefined;
  }
  const ratio = splitTopLevel(plain, /:/);
  if (ratio.length > 1) return { brackets: ':', items: ratio };
  const list = splitTopLevel(plain.replace(/,?\s+and\s+/g, ','), /[,;]/);
  return list.length > 1 ? { brackets: '', items: list } : undefined;
}

function splitTopLevel(text: string, separator: RegExp): string[] {
  const items = [''];
  let depth = 0;
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth === 0 && separator.test(character)) items.push('');
    else items[items.length - 1] += character;
  }
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function compareCollections(left: string, right: string): Comparison {
  const [a, b] = [readCollection(left), readCollection(right)];
  if (!a || !b) return isPairRatio(a ?? b) ? compareAnswers(asQuotient(left), asQuotient(right)) : 'different';
  if (a.brackets !== b.brackets && a.brackets !== '' && b.brackets !== '') return 'different';
  if (a.items.length !== b.items.length) return 'different';
  const isOrdered = a.brackets !== '' && b.brackets !== '';
  return isOrdered ? compareInOrder(a.items, b.items) : compareInAnyOrder(a.items, b.items);
}

const isPairRatio = (collection: Collection | undefined) =>
  collection?.brackets === ':' && collection.items.length === 2;
const asQuotient = (plain: string) => plain.replace(/^(.*):(.*)$/s, '($1)/($2)');

function compareInOrder(left: string[], right: string[]): Comparison {
  const results = left.map((item, index) => compareAnswers(item, right[index]));
  if (results.includes('different')) return 'different';
  return results.includes('undecided') ? 'undecided' : 'equal';
}

function compareInAnyOrder(left: string[], right: string[]): Comparison {
  const rest = [...right];
  for (const item of left) {
    const found = rest.findIndex((other) => compareAnswers(item, other) === 'equal');
    if (found < 0) return rest.some((other) => compareAnswers(item, other) === 'undecided') ? 'undecided' : 'different';
    rest.splice(found, 1);
  }
  return 'equal';
}
