import { evaluateExact } from './evaluate-exact.ts';
import type { Expression } from './expression.ts';

/** The Mersenne prime 2^61 - 1. */
const PRIME = (1n << 61n) - 1n;

/**
 * The value of a rational function modulo a prime, at a point. Two polynomials of degree d that agree at a point drawn
 * at random are different with a chance of at most d / 2^61 (Schwartz-Zippel), and nothing has to be expanded.
 * Undefined for anything but sums, products, quotients and whole powers, and at poles.
 */
export function evaluateModulo(expression: Expression, point: ReadonlyMap<string, bigint>): bigint | undefined {
  if (expression.kind === 'number') {
    return divide(reduce(expression.value.numerator), reduce(expression.value.denominator));
  }
  if (expression.kind === 'variable') return point.get(expression.name);
  if (expression.kind !== 'binary') return undefined;
  const left = evaluateModulo(expression.left, point);
  if (left === undefined) return undefined;
  if (expression.operator === '^') return raise(left, expression.right);
  const right = evaluateModulo(expression.right, point);
  if (right === undefined) return undefined;
  if (expression.operator === '+') return reduce(left + right);
  if (expression.operator === '-') return reduce(left - right);
  if (expression.operator === '*') return reduce(left * right);
  return expression.operator === '/' ? divide(left, right) : undefined;
}

/** Coordinates that look drawn at random, the same for a variable in every formula. */
export function pointModulo(variables: Iterable<string>, seed: number): Map<string, bigint> {
  const coordinate = (name: string) => {
    let state = BigInt(seed) + 88172645463325252n;
    for (const character of name)
      state = reduce((state + BigInt(character.codePointAt(0)!)) * 6364136223846793005n + 1n);
    return reduce(state * state + 1442695040888963407n);
  };
  return new Map(Array.from(variables, (name) => [name, coordinate(name)]));
}

function raise(base: bigint, exponent: Expression): bigint | undefined {
  const power = evaluateExact(exponent);
  if (power?.denominator !== 1n) return undefined;
  if (base === 0n) return power.numerator > 0n ? 0n : undefined;
  return powerModulo(base, ((power.numerator % (PRIME - 1n)) + PRIME - 1n) % (PRIME - 1n));
}

const reduce = (n: bigint) => ((n % PRIME) + PRIME) % PRIME;
/** By Fermat, `d^(p-2)` is the inverse of d. */
function divide(numerator: bigint, denominator: bigint): bigint | undefined {
  if (denominator === 1n) return numerator;
  return denominator === 0n ? undefined : reduce(numerator * powerModulo(denominator, PRIME - 2n));
}

function powerModulo(base: bigint, exponent: bigint): bigint {
  let [result, square, rest] = [1n, base, exponent];
  for (; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}
