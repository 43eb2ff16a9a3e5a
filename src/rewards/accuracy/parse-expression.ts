import type { Expression, FunctionName } from './expression.ts';
import { FUNCTIONS } from './expression.ts';
import { parseDecimal, parseRepeatingDecimal, type Rational } from './rational.ts';
import { type Token, tokenize } from './tokenize.ts';

const MAX_DEPTH = 60;
const CLOSING: Record<string, string> = { '(': ')', '{': '}', '[': ']' };
const GREEK =
  /^\\(?:alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|upsilon|phi|chi|psi|omega|ell)$/;
const ALIASES: Record<string, FunctionName> = { lg: 'log', arcsin: 'arcsin', asin: 'arcsin', acos: 'arccos' };
const INVERSES: Partial<Record<FunctionName, FunctionName>> = { sin: 'arcsin', cos: 'arccos', tan: 'arctan' };

/**
 * Parses a normalized formula by recursive descent: sums, products (implied ones too), powers, `\frac`, `\sqrt`, `\binom`,
 * logarithms, trigonometric functions, mixed numbers, factorials, absolute values, variables with subscripts. Nothing is
 * ever run as code. Undefined where anything else is in the text, or it nests deeper than 60 levels.
 */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokenize(text);
  if (!tokens || tokens.length === 0) return undefined;
  const parser = new ExpressionParser(tokens);
  const expression = parser.readSum();
  return expression && parser.isAtEnd ? expression : undefined;
}

const number = (value: Rational | undefined, isDecimal = false): Expression | undefined =>
  value && { kind: 'number', value, isDecimal };
const whole = (value: bigint): Expression => ({
  kind: 'number',
  value: { numerator: value, denominator: 1n },
  isDecimal: false,
});
const call = (name: FunctionName, operand: Expression | undefined): Expression | undefined =>
  operand && { kind: 'call', name, operand };

type Operator = Extract<Expression, { kind: 'binary' }>['operator'];
const binary = (operator: Operator, left: Expression | undefined, right: Expression | undefined) =>
  left && right && ({ kind: 'binary', operator, left, right } satisfies Expression);
const negated = (operand: Expression | undefined) => binary('*', whole(-1n), operand);

class ExpressionParser {
  private readonly tokens: Token[];
  private position = 0;
  private depth = 0;
  private openBars = 0;

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.position >= this.tokens.length;
  }

  readSum(): Expression | undefined {
    if (this.depth >= MAX_DEPTH) return undefined;
    this.depth += 1;
    let sum = this.readProduct();
    for (let sign = this.take('+', '-'); sum && sign; sign = this.take('+', '-')) {
      sum = binary(sign as Operator, sum, this.readProduct());
    }
    this.depth -= 1;
    return sum;
  }

  private readProduct(): Expression | undefined {
    let product = this.readSigned();
    while (product) {
      const operator = this.take('*', '/');
      if (!operator && !this.startsFactor()) return product;
      product = binary((operator ?? '*') as Operator, product, operator ? this.readSigned() : this.readPower());
    }
    return undefined;
  }

  private readSigned(): Expression | undefined {
    let isNegative = false;
    for (let sign = this.take('-', '+'); sign; sign = this.take('-', '+')) isNegative = isNegative !== (sign === '-');
    return isNegative ? negated(this.readPower()) : this.readPower();
  }

  private readPower(): Expression | undefined {
    let base = this.readAtom();
    for (let mark = this.take('!', '°', '%'); base && mark; mark = this.take('!', '°', '%')) {
      if (mark === '%') base = binary('/', base, whole(100n));
      else base = call(mark === '!' ? 'factorial' : 'degree', base);
    }
    return base && this.take('^') ? binary('^', base, this.readExponent()) : base;
  }

  /** Towers associate to the right; each level counts as nesting. A number up there is never a mixed one. */
  private readExponent(): Expression | undefined {
    if (this.depth >= MAX_DEPTH) return undefined;
    this.depth += 1;
    const sign = this.take('-', '+');
    const base = this.readScript();
    const exponent = base && this.take('^') ? binary('^', base, this.readExponent()) : base;
    this.depth -= 1;
    return sign === '-' ? negated(exponent) : exponent;
  }

  /** What LaTeX takes as an index or exponent: one number, command or group. */
  private readScript(): Expression | undefined {
    const token = this.peek();
    if (token?.kind !== 'number') return this.readAtom();
    this.position += 1;
    return readLiteral(token.text);
  }

  /** Implied products never begin with a digit: `1 2` is no product. A bar begins one where none is open. */
  private startsFactor(): boolean {
    const token = this.peek();
    if (token === undefined || token.kind === 'number') return false;
    if (token.text === '|') return this.openBars === 0;
    return token.kind === 'command'
      ? token.text !== '\\rfloor' && token.text !== '\\rceil'
      : token.kind === 'name' || '({[√π∞'.includes(token.text);
  }

  private readAtom(): Expression | undefined {
    const token = this.peek();
    if (!token) return undefined;
    this.position += 1;
    const { text, kind } = token;
    if (kind === 'number') return this.readNumber(text);
    if (text in CLOSING) return this.readUpTo(CLOSING[text]);
    if (text === '|') return this.readAbsolute();
    if (text === '√') return binary('root', this.readAtom(), whole(2n));
    if (text === 'π' || text === '∞') return { kind: 'constant', name: text === 'π' ? 'pi' : 'infinity' };
    return kind === 'symbol' ? undefined : this.readNamed(text);
  }

  private readAbsolute(): Expression | undefined {
    this.openBars += 1;
    const value = call('abs', this.readUpTo('|'));
    this.openBars -= 1;
    return value;
  }

  private readNamed(text: string): Expression | undefined {
    const name = text.replace('\\', '');
    if (text === '\\frac') return binary('/', this.readAtom(), this.readAtom());
    if (text === '\\binom') return binary('binomial', this.readAtom(), this.readAtom());
    if (name === 'sqrt') return this.readRoot();
    if (name === 'lfloor' || name === 'lceil') {
      return call(name === 'lfloor' ? 'floor' : 'ceil', this.readUpTo(name === 'lfloor' ? '\\rfloor' : '\\rceil'));
    }
    if (name === 'pi') return { kind: 'constant', name: 'pi' };
    if (name === 'infty' || name === 'infinity' || name === 'inf') return { kind: 'constant', name: 'infinity' };
    if (name === 'e') return { kind: 'constant', name: 'e' };
    const called = ALIASES[name] ?? FUNCTIONS.find((candidate) => candidate === name);
    if (called && called !== 'degree' && called !== 'factorial') return this.readCall(called);
    return text.startsWith('\\') && !GREEK.test(text) ? undefined : this.readVariable(name);
  }

  private readVariable(name: string): Expression | undefined {
    if (!this.take('_')) return { kind: 'variable', name };
    const opening = this.take('{');
    let subscript = '';
    for (let token = this.peek(); token && /^[a-zA-Z0-9]+$/.test(token.text); token = this.peek()) {
      subscript += token.text;
      this.position += 1;
      if (!opening) break;
    }
    return opening && !this.take('}') ? undefined : { kind: 'variable', name: `${name}_${subscript}` };
  }

  /** `\sin x`, `\sin^2 2x`, `\sin^{-1}(x)`, `\log_2 8`: without brackets the operand is the product up to the next sign, with them the bracket alone. */
  private readCall(name: FunctionName): Expression | undefined {
    const base = name === 'log' && this.take('_') ? this.readScript() : undefined;
    const exponent = this.take('^') ? this.readScript() : undefined;
    const operand = this.readOperand();
    const isInverse = exponent && isMinusOne(exponent);
    if (isInverse) return INVERSES[name] && call(INVERSES[name], operand);
    const value = base ? binary('log', operand, base) : call(name, operand);
    return exponent ? binary('^', value, exponent) : value;
  }

  private readOperand(): Expression | undefined {
    if (this.peek()?.text === '(' || this.peek()?.text === '{') return this.readAtom();
    let operand = this.readSigned();
    while (operand && this.startsFactor() && !this.startsCall()) operand = binary('*', operand, this.readPower());
    return operand;
  }

  private startsCall(): boolean {
    const name = this.peek()?.text.replace('\\', '') ?? '';
    return name in ALIASES || FUNCTIONS.some((candidate) => candidate === name);
  }

  private readNumber(text: string): Expression | undefined {
    const literal = readLiteral(text);
    const fraction = /^\d+$/.test(text) ? this.takeProperFraction() : undefined;
    return fraction ? binary('+', literal, fraction) : literal;
  }

  /** What makes a mixed number of a whole one: `\frac{1}{2}` or, behind a space, `1/2`; smaller than 1. */
  private takeProperFraction(): Expression | undefined {
    const ahead = this.tokens.slice(this.position, this.position + 7).map(({ text }) => text);
    const isLatex = /^\\frac \{ \d+ \} \{ \d+ \}$/.test(ahead.join(' '));
    const isInline = this.peek()?.isSpaced && /^\d+ \/ \d+( |$)/.test(ahead.join(' '));
    if (!isLatex && !isInline) return undefined;
    const [numerator, denominator] = isLatex ? [ahead[2], ahead[5]] : [ahead[0], ahead[2]];
    if (BigInt(numerator) >= BigInt(denominator)) return undefined;
    this.position += isLatex ? 7 : 3;
    return binary('/', whole(BigInt(numerator)), whole(BigInt(denominator)));
  }

  private readRoot(): Expression | undefined {
    const degree = this.take('[') ? this.readUpTo(']') : whole(2n);
    return binary('root', this.readAtom(), degree);
  }

  private readUpTo(closing: string): Expression | undefined {
    const value = this.readSum();
    return this.take(closing) ? value : undefined;
  }

  private peek(): Token | undefined {
    return this.tokens[this.position];
  }

  private take(...expected: string[]): string | undefined {
    const token = this.peek();
    if (token === undefined || !expected.includes(token.text)) return undefined;
    this.position += 1;
    return token.text;
  }
}

/** `12`, `1.5`, `2e-3`, `0.1\overline{6}`, `0.1(6)`. */
function readLiteral(text: string): Expression | undefined {
  const repeating = /^(\d*\.\d*)(?:\\[a-z]+\{|\()(\d+)[})]$/.exec(text);
  if (repeating) return number(parseRepeatingDecimal(repeating[1], repeating[2]));
  return number(parseDecimal(text), !/^\d+\.?$/.test(text));
}

const isMinusOne = (expression: Expression) =>
  expression.kind === 'binary' &&
  expression.operator === '*' &&
  [expression.left, expression.right].every(({ kind }) => kind === 'number') &&
  [expression.left, expression.right].map((side) => (side.kind === 'number' ? side.value.numerator : 0n)).join() ===
    '-1,1';
