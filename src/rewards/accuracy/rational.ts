/** An exact fraction; the denominator is positive and the two share no factor. */
export interface Rational {
  numerator: bigint;
  denominator: bigint;
}

/** Greatest whole number, and greatest part of a fraction, that is computed with: about 2,400 and 300 digits. */
const MAX_WHOLE = 1n << 8192n;
const MAX_PART = 1n << 1024n;
const MAX_UNREDUCED = 1n << 2048n;

const isWithin = (n: bigint, limit: bigint) => n < limit && n > -limit;

/** The fraction in lowest terms, or undefined for a zero denominator or a fraction too large to compute with. */
export function rational(numerator: bigint, denominator = 1n): Rational | undefined {
  if (denominator === 0n) return undefined;
  if (denominator === 1n) return isWithin(numerator, MAX_WHOLE) ? { numerator, denominator } : undefined;
  if (!isWithin(numerator, MAX_UNREDUCED) || !isWithin(denominator, MAX_UNREDUCED)) return undefined;
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator) * sign;
  const lowest = { numerator: numerator / divisor, denominator: denominator / divisor };
  return isWithin(lowest.numerator, MAX_PART) && lowest.denominator < MAX_PART ? lowest : undefined;
}

/** Reads digits with an optional decimal point and exponent: `12`, `0.50`, `.5`, `1.2e-7`. */
export function parseDecimal(digits: string): Rational | undefined {
  const match = /^(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/.exec(digits);
  if (!match || match[1] + match[2] === '') return undefined;
  const shift = Number(match[3] ?? 0) - match[2].length;
  const whole = BigInt(match[1] + match[2]);
  return shift >= 0 ? rational(whole * 10n ** BigInt(shift)) : rational(whole, 10n ** BigInt(-shift));
}

/** The value of a decimal whose last digits repeat for ever: `('0.1', '6')` is 1/6. */
export function parseRepeatingDecimal(digits: string, period: string): Rational | undefined {
  const start = parseDecimal(digits);
  const places = digits.length - digits.indexOf('.') - 1;
  const tail = rational(BigInt(period), (10n ** BigInt(period.length) - 1n) * 10n ** BigInt(places));
  return start && tail && add(start, tail);
}

export const add = (a: Rational, b: Rational) =>
  rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
export const subtract = (a: Rational, b: Rational) => add(a, { ...b, numerator: -b.numerator });
export const multiply = (a: Rational, b: Rational) =>
  rational(a.numerator * b.numerator, a.denominator * b.denominator);
export const divide = (a: Rational, b: Rational) => rational(a.numerator * b.denominator, a.denominator * b.numerator);
export const isWhole = (a: Rational) => a.denominator === 1n;

/** `base ^ exponent` for a whole exponent of modest size; undefined where the result would be huge or inexact. */
export function power(base: Rational, exponent: Rational): Rational | undefined {
  if (!isWhole(exponent) || (base.numerator === 0n && exponent.numerator <= 0n)) return undefined;
  const size = exponent.numerator < 0n ? -exponent.numerator : exponent.numerator;
  const bits = BigInt(4 * Math.max(base.numerator.toString(16).length, base.denominator.toString(16).length));
  const isUnit = isWithin(base.numerator, 2n) && isWhole(base);
  if (size > 1_000_000n || (!isUnit && size * bits > 16_384n)) return undefined;
  if (isUnit) return rational(base.numerator === -1n && size % 2n === 0n ? 1n : base.numerator);
  return exponent.numerator < 0n
    ? rational(base.denominator ** size, base.numerator ** size)
    : rational(base.numerator ** size, base.denominator ** size);
}

/** The exact root of a perfect power, for degrees from 2 to 64, otherwise undefined. */
export function exactRoot(a: Rational, degree: Rational): Rational | undefined {
  if (!isWhole(degree) || degree.numerator < 2n || degree.numerator > 64n) return undefined;
  if (a.numerator < 0n && degree.numerator % 2n === 0n) return undefined;
  const [numerator, denominator] = [a.numerator, a.denominator].map((n) => wholeRoot(n, degree.numerator));
  return numerator === undefined || denominator === undefined ? undefined : rational(numerator, denominator);
}

/** The nearest double; infinite where it is beyond them. */
export function toNumber(a: Rational): number {
  const [numerator, denominator] = [Number(a.numerator), Number(a.denominator)];
  if (denominator < 2 ** 53 || (Number.isFinite(numerator) && Number.isFinite(denominator)))
    return numerator / denominator;
  return Number((a.numerator << 128n) / a.denominator) / 2 ** 128;
}

/** Newton's iteration from above, on whole numbers. */
function wholeRoot(n: bigint, degree: bigint): bigint | undefined {
  if (n < 0n) {
    const root = wholeRoot(-n, degree);
    return root === undefined ? undefined : -root;
  }
  if (n < 2n) return n;
  let root = 1n << (BigInt(4 * n.toString(16).length) / degree + 1n);
  for (;;) {
    const next = ((degree - 1n) * root + n / root ** (degree - 1n)) / degree;
    if (next >= root) return root ** degree === n ? root : undefined;
    root = next;
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
