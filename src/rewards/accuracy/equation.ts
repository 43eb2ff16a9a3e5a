import { compareExpressions } from './equivalence.ts';
import { evaluateFloat } from './evaluate-float.ts';
import { describeExpression, type Expression } from './expression.ts';
import { CONDITION, isFunctionOfUnknown, isName, isNameOfOne } from './name.ts';
import { parseExpression } from './parse-expression.ts';
import { compareQuantities, readQuantity } from './quantity.ts';
import { isUnitSymbol } from './units.ts';

/**
 * What an equation answers. `x = 5` says what x is, `AB/BC = 5` a ratio, `2 + 3 = 5` and `m + n = 2 + 3 = 5` where the 5
 * comes from; `x^2 = 5`, `|x| = 5` and `m + n = 5` leave something to be found, `1 + 1 = 5` is not so, `5 = 5` says nothing.
 */

interface Equation {
  /** Sides before the value, as written. */
  sides: string[];
  value: string;
}

/**
 * Takes `x =` off the side that has it when the other has none, or off both when the name is the same. Where the gold is
 * a plain value, whatever the answer derives it from goes too (`2 + 2 = 4`); where it is an equation, only a name does.
 */
export function dropVariable(answer: string, gold: string): [string, string] {
  const [a, b] = [splitEquation(answer), splitEquation(gold)];
  if (a && !b) return statesValue(a) ? [a.value, gold] : [answer, gold];
  if (!a && b) return isName(nameOf(b)) ? [answer, b.value] : [answer, gold];
  if (!a || !b) return [answer, gold];
  const names = [nameOf(a), nameOf(b)];
  const isPhrase = names.some((name) => /^\p{L}[\p{L}\s]+$/u.test(name));
  const areSame = isPhrase || names[0].replace(/\s/g, '') === names[1].replace(/\s/g, '') || areFunction(names);
  return names.every(isName) && areSame ? [a.value, b.value] : [answer, gold];
}

/** `y = 2x` and `f(x) = 2x` are one function. */
const areFunction = (names: string[]) =>
  names.includes('y') && names.some((name) => /^[a-z]\([a-z]\)$/.test(name.replace(/\s/g, '')));

/** The last side of an equation, or of a chain `x = 5+5+1 = 11`, and what stands before it; the other way round in `5 = x`. */
function splitEquation(plain: string): Equation | undefined {
  const [, name, limit] = /^([a-zA-Z])\s*→\s*([^→=∞]+)$/.exec(plain) ?? [];
  if (name !== undefined) return { sides: [name], value: limit };
  if (!plain.includes('=') || /[<>≤≥≠]/.test(plain)) return undefined;
  const sides = plain.split('=').map((side) => side.trim());
  const value = sides.pop()!;
  if (/^[a-z]$/i.test(value) && /\d/.test(sides[0])) return { sides: [value], value: sides.join('=') };
  return { sides, value };
}

/** The name that a chain begins with, or all that stands before its value. */
const nameOf = ({ sides }: Equation) => (isName(sides[0]) ? sides[0] : sides.join('='));

function statesValue({ sides, value }: Equation): boolean {
  const [first, ...between] = sides;
  const quantity = readQuantity(value, 'answer');
  const result = quantity?.value ?? parseExpression(value);
  if (/(?<![A-Za-z])[A-Z]$/.test(first) && /^[A-Z]$/.test(value)) return false;
  if ([first, value].every((side) => LITERAL.test(side))) return false;
  if (isNameOfOne(first) || (isName(first) && /\d\s*:\s*\d/.test(value))) return true;
  const steps = between.map(parseExpression);
  if (steps.some((step) => step && result && !isAbout(step, result, value))) return false;
  const said = parseExpression(behindWords(first));
  if (said && quantity?.isPercent) {
    return compareQuantities({ value: said, isPercent: false, unit: '' }, quantity) === 'equal';
  }
  if (said && result && isSame(said, result)) return true;
  const isWorkedOut = steps.some((step) => step && describeExpression(step).variables.size === 0);
  return !leavesUnknown(first, isWorkedOut) || Boolean(said && result && isRounded(said, result, value));
}

const LITERAL = /^[-+]?\d+(?:\.\d*)?$/;

/** `the sum is 2 + 3` says 2 + 3. */
const behindWords = (side: string) =>
  side
    .replace(/(?<=\d\s?)\p{L}{2,}(?=\s*(?:[-+*/]|$))/gu, (word) => (isUnitSymbol(word) ? '' : word))
    .split(/(?<![\\\p{L}])\p{L}{2,}[,:]?\s+/u)
    .at(-1)!
    .trim();

const isSame = (left: Expression, right: Expression) => compareExpressions(left, right) === 'equal';

const FUNCTION_OF_ANGLE =
  /^\\?(?:sin|cos|tan|cot|sec|csc)\s*(?:\(?\s*(?:(?:\\angle|∠)?\s*[A-Z]{1,3}|\\[a-z]+|[a-zA-Z])\s*\)?)$/;
const DERIVATIVE = /^(?:\\frac\{d\^?\d?\s*[a-z]\}\{d\s*[a-z](?:\^\d)?\}|d\s*[a-z]\/d\s*[a-z]|[a-z]'+(?:\([^()]*\))?)$/;
const VECTOR_LENGTH = /^\|.*(?:\\vec|[A-Z]{2}).*\|$/;

/** What marks a letter and makes no other thing of it: `\\Delta x`, `\\hat{p}`, `m∠A`. */
const DECORATION =
  /\\(?:Delta|hat|bar|vec|tilde|dot|overline)\s*(?:\{\s*([a-zA-Z]+)\s*\}|(?=[a-zA-Z]))|(?:(?<![a-zA-Z])m\s*)?[∠△]\s*/g;
const COMBINED_WORDS = /\p{L}{2}\s*(?:[+*/]\s*|\s-\s)\p{L}{2}/u;

/**
 * True for the side of an equation that is no name of what the other side gives: a number, a formula of one variable, or of
 * several unless it is worked out, a limit that is approached.
 */
export function leavesUnknown(side: string, isWorkedOut = false): boolean {
  if (side.includes('→') && !side.includes('lim')) return true;
  if (CONDITION.test(side.trim())) return true;
  if (COMBINED_WORDS.test(side)) return !isWorkedOut;
  if (isFunctionOfUnknown(side)) return !isWorkedOut;
  const plain = behindWords(side);
  if (plain === '' || FUNCTION_OF_ANGLE.test(plain) || DERIVATIVE.test(plain) || VECTOR_LENGTH.test(plain))
    return false;
  const bare = plain.replace(DECORATION, '$1').trim();
  if (isNameOfOne(bare)) return false;
  if (isName(bare)) return !isWorkedOut;
  const formula = parseExpression(bare);
  if (!formula) return /^\|\s*[a-z]\s*\|$/.test(plain) || /^\\?(?:log|ln|lg|lfloor|sqrt)\b/.test(plain);
  return describeExpression(formula).variables.size <= 1 || !isWorkedOut;
}

function isAbout(step: Expression, result: Expression, written: string): boolean {
  if ([step, result].some((side) => describeExpression(side).variables.size > 0)) return true;
  return isSame(step, result) || isRounded(step, result, written);
}

/** To the digits of the result, as steps are written: `2/3 = 0.67`. */
function isRounded(step: Expression, result: Expression, written: string): boolean {
  const digits = /^-?\d*\.(\d+)$/.exec(written)?.[1].length;
  if (digits === undefined) return false;
  const [from, to] = [step, result].map((side) => evaluateFloat(side, { point: new Map(), plainLogBase: 10 }).value);
  return Math.abs(from - to) <= 1.01 * 10 ** -digits;
}
