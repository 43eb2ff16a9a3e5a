import { type Comparison, compareExpressions, floatPoint } from './equivalence.ts';
import { evaluateFloat } from './evaluate-float.ts';
import { describeExpression, type Expression } from './expression.ts';
import { parseExpression } from './parse-expression.ts';
import { splitTopLevel } from './split.ts';

export type Sign = '=' | '<' | '≤' | '>' | '≥' | '≠';
export interface Relation {
  left: Expression;
  sign: Sign;
  right: Expression;
}

const FLIPPED = { '<': '>', '≤': '≥', '>': '<', '≥': '≤', '=': '=', '≠': '≠' } as const;

/** Reads `a < b`, or a chain `a < b ≤ c` as its pairs; undefined where a side is no formula or no sign is there. */
export function readRelations(plain: string): Relation[] | undefined {
  const signs = plain.match(/[=<≤>≥≠]/g) as Sign[] | null;
  if (!signs || signs.length > 3) return undefined;
  const sides = splitTopLevel(plain, /[=<≤>≥≠]/).map(parseExpression);
  if (sides.length !== signs.length + 1 || sides.some((side) => side === undefined)) return undefined;
  return signs.map((sign, index) => ({ left: sides[index]!, sign, right: sides[index + 1]! }));
}

/**
 * Compares two equations or inequalities: they are the same where the difference of the sides is, up to a constant
 * factor, positive where the sign has a direction. `2x < 6` is `3 > x`; `y = 2x` is `2x - y = 0`.
 */
export function compareRelations(a: Relation, b: Relation): Comparison {
  const [left, right] = [a, b].map(({ left: l, right: r }) => binary('-', l, r));
  const factor = constantFactor(left, right);
  if (factor === undefined) return 'undecided';
  if (factor === 0) return 'different';
  const expected = factor > 0 ? b.sign : FLIPPED[b.sign];
  return a.sign === expected ? 'equal' : 'different';
}

/** The number that `left` is `right` times, by probing: 0 where there is none, undefined where that cannot be told. */
function constantFactor(left: Expression, right: Expression): number | undefined {
  const { variables } = describeExpression(left, right);
  if (variables.size === 0) return undefined;
  for (let probe = 0; probe < 6; probe += 1) {
    const context = { point: floatPoint(variables, probe), plainLogBase: 10 };
    const [x, y] = [evaluateFloat(left, context).value, evaluateFloat(right, context).value];
    if (!Number.isFinite(x) || !Number.isFinite(y) || Math.abs(y) < 1e-9) continue;
    if (Math.abs(x) < 1e-9) return 0;
    return verifyFactor(left, right, x, y, [...variables], probe);
  }
  return undefined;
}

/** `left * y = right * x` everywhere, where x and y are their values at one point: exact for rational functions. */
function verifyFactor(left: Expression, right: Expression, x: number, y: number, variables: string[], probe: number) {
  const point = floatPoint(variables, probe);
  const at = (side: Expression) =>
    variables.reduce((rest, name) => substitute(rest, name, decimal(point.get(name)!)), side);
  const result = compareExpressions(binary('*', left, at(right)), binary('*', right, at(left)));
  if (result === 'undecided') return undefined;
  return result === 'equal' ? Math.sign(x / y) : 0;
}

/** The coordinate as the exact fraction that its double is. */
function decimal(value: number): Expression {
  const denominator = 1n << 52n;
  const numerator = BigInt(Math.round(value * 2 ** 52));
  return { kind: 'number', value: { numerator, denominator }, isDecimal: false };
}

export const binary = (operator: '+' | '-' | '*' | '/', left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
});

/** The formula with a variable replaced. */
export function substitute(expression: Expression, name: string, by: Expression): Expression {
  if (expression.kind === 'variable') return expression.name === name ? by : expression;
  if (expression.kind === 'call') return { ...expression, operand: substitute(expression.operand, name, by) };
  if (expression.kind !== 'binary') return expression;
  const [left, right] = [expression.left, expression.right].map((side) => substitute(side, name, by));
  return { ...expression, left, right };
}
