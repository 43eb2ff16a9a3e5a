import { evaluateExact } from './evaluate-exact.ts';
import type { Expression } from './expression.ts';
import * as exact from './rational.ts';

/** A number of Q(i). */
interface Complex {
  real: exact.Rational;
  imaginary: exact.Rational;
}

const ZERO = { numerator: 0n, denominator: 1n };
const ONE = { numerator: 1n, denominator: 1n };
const MAX_POWER = 64n;

/** Compares formulas of whole numbers and `i`, the imaginary unit: `1/(1+i)` is `(1-i)/2`. Undefined beyond those. */
export function compareComplex(left: Expression, right: Expression): 'equal' | 'different' | undefined {
  const [a, b] = [evaluateComplex(left), evaluateComplex(right)];
  if (!a || !b) return undefined;
  return isSame(a.real, b.real) && isSame(a.imaginary, b.imaginary) ? 'equal' : 'different';
}

const isSame = (a: exact.Rational, b: exact.Rational) => a.numerator === b.numerator && a.denominator === b.denominator;

function evaluateComplex(expression: Expression): Complex | undefined {
  if (expression.kind === 'variable') return expression.name === 'i' ? { real: ZERO, imaginary: ONE } : undefined;
  if (expression.kind !== 'binary') return fromReal(evaluateExact(expression));
  const left = evaluateComplex(expression.left);
  if (!left) return undefined;
  if (expression.operator === '^') return power(left, evaluateExact(expression.right));
  const right = evaluateComplex(expression.right);
  return right && combine(expression, left, right);
}

const fromReal = (real: exact.Rational | undefined): Complex | undefined => real && { real, imaginary: ZERO };
const from = (real: exact.Rational | undefined, imaginary: exact.Rational | undefined): Complex | undefined =>
  real && imaginary && { real, imaginary };

function combine(expression: Extract<Expression, { kind: 'binary' }>, a: Complex, b: Complex): Complex | undefined {
  switch (expression.operator) {
    case '+':
      return from(exact.add(a.real, b.real), exact.add(a.imaginary, b.imaginary));
    case '-':
      return from(exact.subtract(a.real, b.real), exact.subtract(a.imaginary, b.imaginary));
    case '*':
      return product(a, b);
    case '/':
      return quotient(a, b);
    default:
      return fromReal(evaluateExact(expression));
  }
}

/** `(a + bi)(c + di) = ac - bd + (ad + bc)i` */
function product(a: Complex, b: Complex): Complex | undefined {
  const [ac, bd] = [exact.multiply(a.real, b.real), exact.multiply(a.imaginary, b.imaginary)];
  const [ad, bc] = [exact.multiply(a.real, b.imaginary), exact.multiply(a.imaginary, b.real)];
  return from(ac && bd && exact.subtract(ac, bd), ad && bc && exact.add(ad, bc));
}

/** `x / (c + di) = x (c - di) / (c^2 + d^2)` */
function quotient(a: Complex, b: Complex): Complex | undefined {
  const conjugate = { real: b.real, imaginary: { ...b.imaginary, numerator: -b.imaginary.numerator } };
  const [above, norm] = [product(a, conjugate), product(b, conjugate)?.real];
  if (!above || !norm) return undefined;
  return from(exact.divide(above.real, norm), exact.divide(above.imaginary, norm));
}

function power(base: Complex, exponent: exact.Rational | undefined): Complex | undefined {
  if (!exponent || !exact.isWhole(exponent) || exponent.numerator < 0n || exponent.numerator > MAX_POWER)
    return undefined;
  let result: Complex | undefined = { real: ONE, imaginary: ZERO };
  for (let count = 0n; count < exponent.numerator && result; count += 1n) result = product(result, base);
  return result;
}
