import { evaluateExact } from '../rewards/accuracy/evaluate-exact.ts';
import { evaluateFloat } from '../rewards/accuracy/evaluate-float.ts';
import { describeExpression } from '../rewards/accuracy/expression.ts';
import { parseExpression } from '../rewards/accuracy/parse-expression.ts';
import { toNumber } from '../rewards/accuracy/rational.ts';

const THOUSANDS = /(?<=\d),(?=\d{3}(?!\d))/g;

/** The value of a formula in LaTeX, exact as far as it is rational; undefined where it is no finite real number. */
export function numericValue(formula: string): number | undefined {
  const expression = parseExpression(formula.replace(THOUSANDS, ''));
  if (!expression || describeExpression(expression).variables.size > 0) return undefined;
  const exact = evaluateExact(expression);
  const value = exact ? toNumber(exact) : evaluateFloat(expression, { point: new Map(), plainLogBase: 10 }).value;
  return Number.isFinite(value) ? value : undefined;
}
