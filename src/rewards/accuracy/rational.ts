/** An exact fraction; the denominator is positive and the two share no factor. */
export interface Rational {
  numerator: bigint;
  denominator: bigint;
}

/** The fraction in lowest terms, or undefined for a zero denominator. */
export function rational(numerator: bigint, denominator = 1n): Rational | undefined {
  if (denominator === 0n) return undefined;
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator) * sign;
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** Reads digits with an optional decimal point: `12`, `0.50`, `.5`. */
export function parseDecimal(digits: string): Rational | undefined {
  const match = /^(\d*)\.?(\d*)$/.exec(digits);
  if (!match || match[1] + match[2] === '') return undefined;
  return rational(BigInt(match[1] + match[2]), 10n ** BigInt(match[2].length));
}

export const add = (a: Rational, b: Rational) =>
  rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
export const multiply = (a: Rational, b: Rational) =>
  rational(a.numerator * b.numerator, a.denominator * b.denominator);
export const divide = (a: Rational, b: Rational) => rational(a.numerator * b.denominator, a.denominator * b.numerator);
export const negate = (a: Rational): Rational => ({ ...a, numerator: -a.numerator });

/** `base ^ exponent` for a whole exponent of modest size; undefined where the result would be huge or inexact. */
export function power(base: Rational, exponent: Rational): Rational | undefined {
  const MAX_DIGITS = 2000;
  if (exponent.denominator !== 1n) return undefined;
  const size = exponent.numerator < 0n ? -exponent.numerator : exponent.numerator;
  const digits = BigInt(base.numerator.toString().length + base.denominator.toString().length);
  if (size * digits > MAX_DIGITS) return undefined;
  return exponent.numerator < 0n
    ? rational(base.denominator ** size, base.numerator ** size)
    : rational(base.numerator ** size, base.denominator ** size);
}

/** The exact square root of a perfect square, otherwise undefined. */
export function exactSquareRoot(a: Rational): Rational | undefined {
  const numerator = integerSquareRoot(a.numerator);
  const denominator = integerSquareRoot(a.denominator);
  return numerator === undefined || denominator === undefined ? undefined : rational(numerator, denominator);
}

export const toNumber = (a: Rational) => {
  const scale = 10n ** 20n;
  const whole = a.numerator / a.denominator;
  const rest = ((a.numerator % a.denominator) * scale) / a.denominator;
  return Number(whole) + Number(rest) / Number(scale);
};

function integerSquareRoot(n: bigint): bigint | undefined {
  const guess = Math.round(Math.sqrt(Number(n)));
  if (!Number.isSafeInteger(guess)) return undefined;
  return BigInt(guess) ** 2n === n ? BigInt(guess) : undefined;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
