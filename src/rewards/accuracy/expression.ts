import type { Rational } from './rational.ts';

/** Functions of one argument; `log` without a base is read as base 10, and as natural where that makes two answers agree. */
export const FUNCTIONS = [
  ...['sin', 'cos', 'tan', 'cot', 'sec', 'csc', 'arcsin', 'arccos', 'arctan', 'sinh', 'cosh', 'tanh'],
  ...['ln', 'log', 'exp', 'abs', 'floor', 'ceil', 'factorial', 'degree'],
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** A parsed formula. Its size is bounded by the parser, so that walking it is. */
export type Expression =
  | { kind: 'number'; value: Rational; isDecimal: boolean }
  | { kind: 'constant'; name: 'pi' | 'e' | 'infinity' }
  | { kind: 'variable'; name: string }
  | { kind: 'call'; name: FunctionName; operand: Expression }
  /** `root` is `left` to the power `1/right`; `log` is the logarithm of `left` to the base `right`. */
  | {
      kind: 'binary';
      operator: '+' | '-' | '*' | '/' | '^' | 'root' | 'log' | 'binomial';
      left: Expression;
      right: Expression;
    };

/** What a formula is made of, as far as comparing it depends on that. */
export interface ExpressionTraits {
  variables: Set<string>;
  hasDecimal: boolean;
  hasPlainLog: boolean;
  hasInfinity: boolean;
}

export function describeExpression(...expressions: Expression[]): ExpressionTraits {
  const traits = { variables: new Set<string>(), hasDecimal: false, hasPlainLog: false, hasInfinity: false };
  const rest = [...expressions];
  for (let next = rest.pop(); next; next = rest.pop()) {
    if (next.kind === 'variable') traits.variables.add(next.name);
    if (next.kind === 'number') traits.hasDecimal ||= next.isDecimal;
    if (next.kind === 'constant') traits.hasInfinity ||= next.name === 'infinity';
    if (next.kind === 'call') traits.hasPlainLog ||= next.name === 'log';
    if (next.kind === 'call') rest.push(next.operand);
    if (next.kind === 'binary') rest.push(next.left, next.right);
  }
  return traits;
}
