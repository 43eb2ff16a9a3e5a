import type { Expression } from './expression.ts';
import * as exact from './rational.ts';

const ONE = { numerator: 1n, denominator: 1n };

/** The rational value of a formula without variables; undefined where it is irrational, undefined or very large. */
export function evaluateExact(expression: Expression): exact.Rational | undefined {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind === 'call') {
    const operand = evaluateExact(expression.operand);
    return operand && callExactly(expression.name, operand);
  }
  if (expression.kind !== 'binary') return undefined;
  const left = evaluateExact(expression.left);
  const right = left && evaluateExact(expression.right);
  return left && right && combineExactly(expression.operator, left, right);
}

type Operator = Extract<Expression, { kind: 'binary' }>['operator'];

function combineExactly(operator: Operator, left: exact.Rational, right: exact.Rational): exact.Rational | undefined {
  switch (operator) {
    case '+':
      return exact.add(left, right);
    case '-':
      return exact.subtract(left, right);
    case '*':
      return exact.multiply(left, right);
    case '/':
      return exact.divide(left, right);
    case '^':
      return powerExactly(left, right);
    case 'root':
      return exact.exactRoot(left, right);
    case 'binomial':
      return chooseExactly(left, right);
    case 'log':
      return undefined;
  }
}

/** `8^{2/3}` is the square of the exact cube root. */
function powerExactly(base: exact.Rational, exponent: exact.Rational): exact.Rational | undefined {
  if (exact.isWhole(exponent)) return exact.power(base, exponent);
  const root =
    base.numerator < 0n ? undefined : exact.exactRoot(base, { numerator: exponent.denominator, denominator: 1n });
  return root && exact.power(root, { numerator: exponent.numerator, denominator: 1n });
}

function callExactly(name: string, operand: exact.Rational): exact.Rational | undefined {
  const { numerator, denominator } = operand;
  if (name === 'abs') return { numerator: numerator < 0n ? -numerator : numerator, denominator };
  const remainder = ((numerator % denominator) + denominator) % denominator;
  const floor = (numerator - remainder) / denominator;
  if (name === 'floor') return { numerator: floor, denominator: 1n };
  if (name === 'ceil') return { numerator: remainder === 0n ? floor : floor + 1n, denominator: 1n };
  return name === 'factorial' ? factorial(operand) : undefined;
}

function factorial(operand: exact.Rational): exact.Rational | undefined {
  if (!exact.isWhole(operand) || operand.numerator < 0n || operand.numerator > 500n) return undefined;
  let product = 1n;
  for (let factor = 2n; factor <= operand.numerator; factor += 1n) product *= factor;
  return exact.rational(product);
}

function chooseExactly(n: exact.Rational, k: exact.Rational): exact.Rational | undefined {
  const isInRange = exact.isWhole(n) && exact.isWhole(k) && k.numerator >= 0n && k.numerator <= 500n;
  if (!isInRange || n.numerator < k.numerator || n.numerator > 100_000n) return undefined;
  let result: exact.Rational | undefined = ONE;
  for (let index = 1n; index <= k.numerator && result; index += 1n) {
    result = exact.rational((result.numerator * (n.numerator - k.numerator + index)) / index);
  }
  return result;
}
