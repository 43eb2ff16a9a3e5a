import type { Expression, FunctionName } from './expression.ts';
import { toNumber } from './rational.ts';

/** A double and a bound on its distance from the true value, both of the formula's own scale. */
export interface Approximation {
  value: number;
  error: number;
}

/** Where and how a formula is evaluated. */
export interface FloatContext {
  point: ReadonlyMap<string, number>;
  /** Base of `log` where none is written. */
  plainLogBase: number;
}

const EPSILON = 2 ** -50;
const CONSTANTS = { pi: Math.PI, e: Math.E, infinity: Number.POSITIVE_INFINITY };

/**
 * The real value of a formula at a point in doubles, with a first-order bound of the rounding error.
 * NaN where it is undefined there or not real.
 */
export function evaluateFloat(expression: Expression, context: FloatContext): Approximation {
  if (expression.kind === 'number') return fromNumber(toNumber(expression.value));
  if (expression.kind === 'constant') return rounded(CONSTANTS[expression.name]);
  if (expression.kind === 'variable') return { value: context.point.get(expression.name) ?? Number.NaN, error: 0 };
  if (expression.kind === 'call')
    return callFloat(expression.name, evaluateFloat(expression.operand, context), context);
  const [left, right] = [evaluateFloat(expression.left, context), evaluateFloat(expression.right, context)];
  const result = combineFloat(expression.operator, left, right);
  const isUnderflow = result.value === 0 && left.value !== 0 && Number.isFinite(right.value);
  return isUnderflow && '*/^root'.includes(expression.operator) && right.value !== 0 ? UNDEFINED : result;
}

const UNDEFINED: Approximation = { value: Number.NaN, error: 0 };

const fromNumber = (value: number): Approximation =>
  Number.isSafeInteger(value) ? { value, error: 0 } : rounded(value);

const rounded = (value: number, error = 0): Approximation => ({
  value,
  error: Number.isFinite(value) ? error + EPSILON * Math.abs(value) : 0,
});

/** Sums and products of whole numbers are exact as long as they are safe. */
const wholeOrRounded = (value: number, error: number) => (error === 0 ? fromNumber(value) : rounded(value, error));

function combineFloat(operator: string, a: Approximation, b: Approximation): Approximation {
  const [x, y] = [a.value, b.value];
  switch (operator) {
    case '+':
      return wholeOrRounded(x + y, a.error + b.error);
    case '-':
      return wholeOrRounded(x - y, a.error + b.error);
    case '*':
      return wholeOrRounded(x * y, Math.abs(x) * b.error + Math.abs(y) * a.error);
    case '/':
      return quotient(a, b);
    case '^':
      return powerFloat(a, b);
    case 'root':
      return rootFloat(a, b);
    case 'log':
      return quotient(callNatural(a), callNatural(b));
    default:
      return rounded(choose(x, y));
  }
}

function quotient(a: Approximation, b: Approximation): Approximation {
  if (Math.abs(b.value) <= b.error) return UNDEFINED;
  const value = a.value / b.value;
  return rounded(value, (a.error + Math.abs(value) * b.error) / Math.abs(b.value));
}

function powerFloat(a: Approximation, b: Approximation): Approximation {
  const value = a.value ** b.value;
  const byBase = a.value === 0 ? a.error : Math.abs((value * b.value) / a.value) * a.error;
  const byExponent = a.value > 0 ? Math.abs(value * Math.log(a.value)) * b.error : 0;
  return rounded(value, byBase + byExponent);
}

/** Odd roots of negative numbers are real. */
function rootFloat(a: Approximation, degree: Approximation): Approximation {
  const isOdd = Math.abs(degree.value % 2) === 1;
  const base = Math.abs(a.value) <= a.error ? 0 : a.value;
  const value = base < 0 && isOdd ? -((-base) ** (1 / degree.value)) : base ** (1 / degree.value);
  return rounded(value, base === 0 ? Math.sqrt(a.error) : Math.abs(value / (degree.value * base)) * a.error);
}

const callNatural = (a: Approximation) =>
  rounded(a.value > 0 ? Math.log(a.value) : Number.NaN, a.error / Math.abs(a.value));

/** Value and derivative of each function, the latter for the error. */
const REAL_FUNCTIONS: Partial<Record<FunctionName, [(x: number) => number, (x: number) => number]>> = {
  sin: [Math.sin, () => 1],
  cos: [Math.cos, () => 1],
  tan: [Math.tan, (x) => 1 / Math.cos(x) ** 2],
  cot: [(x) => 1 / Math.tan(x), (x) => 1 / Math.sin(x) ** 2],
  sec: [(x) => 1 / Math.cos(x), (x) => 1 / Math.cos(x) ** 2],
  csc: [(x) => 1 / Math.sin(x), (x) => 1 / Math.sin(x) ** 2],
  arcsin: [Math.asin, (x) => 1 / Math.sqrt(Math.max(1 - x * x, 1e-16))],
  arccos: [Math.acos, (x) => 1 / Math.sqrt(Math.max(1 - x * x, 1e-16))],
  arctan: [Math.atan, () => 1],
  sinh: [Math.sinh, Math.cosh],
  cosh: [Math.cosh, Math.sinh],
  tanh: [Math.tanh, () => 1],
  exp: [Math.exp, Math.exp],
  abs: [Math.abs, () => 1],
  degree: [(x) => (x * Math.PI) / 180, () => Math.PI / 180],
};

function callFloat(name: FunctionName, operand: Approximation, context: FloatContext): Approximation {
  const { value: x, error } = operand;
  if (name === 'ln') return callNatural(operand);
  if (name === 'log') return quotient(callNatural(operand), rounded(Math.log(context.plainLogBase)));
  if (name === 'floor' || name === 'ceil') return roundWhole(name, operand);
  if (name === 'factorial') return rounded(Number.isInteger(x) && x >= 0 && x <= 170 ? choose(x, x, 1) : Number.NaN);
  const [evaluate, slope] = REAL_FUNCTIONS[name]!;
  const value = evaluate(x);
  const isPole = Math.abs(value) > 1e12 && ['tan', 'cot', 'sec', 'csc'].includes(name);
  return isPole || (name === 'exp' && value === 0) ? UNDEFINED : rounded(value, Math.abs(slope(x)) * error);
}

/** A value within its error of a whole number is that number. */
function roundWhole(name: 'floor' | 'ceil', { value, error }: Approximation): Approximation {
  const nearest = Math.round(value);
  if (Math.abs(nearest - value) <= error) return { value: nearest, error: 0 };
  return { value: name === 'floor' ? Math.floor(value) : Math.ceil(value), error: 0 };
}

/** `n! / (n-k)! / divisor!`, with `divisor` = k: the binomial coefficient. NaN where it takes more than 1,000 factors. */
function choose(n: number, k: number, divisor = k): number {
  if (!Number.isInteger(k) || k < 0 || k > 1000) return Number.NaN;
  let product = 1;
  for (let index = 0; index < k; index += 1) product *= (n - index) / (divisor === 1 ? 1 : index + 1);
  return product;
}
