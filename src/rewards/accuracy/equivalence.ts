import { compareComplex } from './evaluate-complex.ts';
import { evaluateExact } from './evaluate-exact.ts';
import { type Approximation, evaluateFloat } from './evaluate-float.ts';
import { evaluateModulo, pointModulo } from './evaluate-modulo.ts';
import { describeExpression, type Expression, type ExpressionTraits } from './expression.ts';
import { type Rational, subtract, toNumber } from './rational.ts';

/** `undecided`: the two are written differently and at least one is beyond what the comparison understands. */
export type Comparison = 'equal' | 'different' | 'undecided';

/** What a comparison found, and as what it took the two answers. */
export interface Compared {
  comparison: Comparison;
  as: string;
}

/** Irrational numbers are equal when they agree to so much of their size, beyond what rounding explains. */
const PRECISION = 1e-11;
const MAX_ERROR = 1e-10;
const PROBES = 8;
/** Points with whole coordinates, for formulas that are real at no others, such as `(-1)^n`. */
const WHOLE_PROBES = 4;
const USABLE_PROBES = 3;

/**
 * Compares two formulas: rational numbers exactly, irrational ones to 11 digits, rational functions by their values
 * modulo a prime, all others by their values at eight points. A written decimal stands for every number within
 * 0.000001 of it, and within 0.00001 of its size where that is less.
 */
export function compareExpressions(left: Expression, right: Expression): Comparison {
  const traits = describeExpression(left, right);
  if ([left, right].some(isZero) && traits.variables.size > 0) return 'undecided';
  const result = compareWithLog(left, right, traits, 10);
  if (result === 'equal') return result;
  if (traits.variables.size === 1 && traits.variables.has('i')) return compareComplex(left, right) ?? result;
  return traits.hasPlainLog ? compareWithLog(left, right, traits, Math.E) : result;
}

/** Letters beside a zero are rarely variables: `0 May` is a day. */
const isZero = (side: Expression) => side.kind === 'number' && side.value.numerator === 0n;

function compareWithLog(left: Expression, right: Expression, traits: ExpressionTraits, base: number): Comparison {
  if (traits.variables.size > 0) return compareFunctions(left, right, traits, base);
  const [a, b] = traits.hasInfinity ? [] : [evaluateExact(left), evaluateExact(right)];
  if (a && b) return compareRationals(a, b, traits.hasDecimal);
  const context = { point: new Map(), plainLogBase: base };
  const [x, y] = [evaluateFloat(left, context), evaluateFloat(right, context)];
  if (Number.isNaN(x.value) || Number.isNaN(y.value)) return 'undecided';
  if (traits.hasInfinity) return compareInfinities(left, right, x.value, y.value);
  if (!Number.isFinite(x.value) || !Number.isFinite(y.value)) return 'undecided';
  return compareApproximations(x, y, traits.hasDecimal);
}

export function compareRationals(a: Rational, b: Rational, isRounded: boolean): Comparison {
  if (a.numerator === b.numerator && a.denominator === b.denominator) return 'equal';
  if (!isRounded) return 'different';
  const difference = subtract(a, b);
  const size = Math.max(Math.abs(toNumber(a)), Math.abs(toNumber(b)));
  return difference && Math.abs(toNumber(difference)) < decimalTolerance(size) ? 'equal' : 'different';
}

/** Only a written infinity is infinite: a number beyond the doubles is not. */
function compareInfinities(left: Expression, right: Expression, x: number, y: number): Comparison {
  const areWritten = [left, right].map((side) => describeExpression(side).hasInfinity);
  if (areWritten[0] !== areWritten[1]) return 'different';
  return x === y ? 'equal' : 'different';
}

const decimalTolerance = (size: number) => Math.min(1e-6, 1e-5 * size);

/** Where more was lost to rounding than ten digits leave, nothing is said. */
function compareApproximations(x: Approximation, y: Approximation, isRounded: boolean): Comparison {
  const difference = Math.abs(x.value - y.value);
  const size = Math.max(Math.abs(x.value), Math.abs(y.value));
  const error = 4 * (x.error + y.error);
  if (error > MAX_ERROR * Math.max(size, 1)) return 'undecided';
  if (difference <= Math.max(PRECISION * size, error)) return 'equal';
  return isRounded && difference < decimalTolerance(size) ? 'equal' : 'different';
}

function compareFunctions(left: Expression, right: Expression, traits: ExpressionTraits, base: number): Comparison {
  const byModulus = compareModulo(left, right, traits.variables);
  if (byModulus === 'different' && !traits.hasDecimal) return 'different';
  let usable = 0;
  for (let probe = 0; probe < PROBES + WHOLE_PROBES && (probe < PROBES || usable < USABLE_PROBES); probe += 1) {
    const context = { point: floatPoint(traits.variables, probe), plainLogBase: base };
    const [x, y] = [evaluateFloat(left, context), evaluateFloat(right, context)];
    if (!Number.isFinite(x.value) || !Number.isFinite(y.value)) continue;
    const result = compareApproximations(x, y, traits.hasDecimal);
    if (result === 'different') return 'different';
    if (result === 'equal') usable += 1;
  }
  return usable >= USABLE_PROBES ? 'equal' : 'undecided';
}

function compareModulo(left: Expression, right: Expression, variables: ReadonlySet<string>): Comparison {
  const point = pointModulo(variables, 1);
  const [x, y] = [evaluateModulo(left, point), evaluateModulo(right, point)];
  if (x === undefined || y === undefined) return 'undecided';
  return x === y ? 'equal' : 'different';
}

/** Points of both signs, most of them positive, none a value that formulas are special at. */
export function floatPoint(variables: Iterable<string>, probe: number): Map<string, number> {
  const names = [...variables].sort();
  if (probe >= PROBES) return new Map(names.map((name, index) => [name, 2 + probe - PROBES + 3 * index]));
  return new Map(
    names.map((name, index) => {
      const size = 0.31 + (((probe + 1) * 0.754877666 + (index + 1) * 0.569840291) % 1) * 1.9;
      return [name, probe % 3 === 2 && (index + probe) % 2 === 0 ? -size : size];
    }),
  );
}
