import * as exact from './rational.ts';

/** What an arithmetic expression is worth: exactly where it is rational, and as a float always. */
export interface NumericValue {
  exact?: exact.Rational;
  approximate: number;
  /** A decimal point or an irrational number was in it, so rounding is to be expected. */
  isRounded: boolean;
}

const TOKEN = /\s*(\\[a-zA-Z]+|\d+\.?\d*|\.\d+|[-+*/^(){}[\]√]|pi\b|π)/y;

/**
 * Evaluates numbers joined by `+ - * / ^`, brackets, `\frac`, `\sqrt`, `\pi`, mixed numbers (`1\frac{1}{2}`) and implied
 * products, by recursive descent: nothing is ever run as code. Undefined where anything else is in the text.
 */
export function evaluateExpression(text: string): NumericValue | undefined {
  const tokens = tokenize(text);
  if (!tokens || tokens.length === 0) return undefined;
  const reader = { tokens, position: 0 };
  const value = readSum(reader);
  if (!value || reader.position < tokens.length || !Number.isFinite(value.approximate)) return undefined;
  return value;
}

interface TokenReader {
  tokens: string[];
  position: number;
}

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  const source = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (!match) return undefined;
    tokens.push(match[1]);
  }
  return tokens;
}

const peek = (reader: TokenReader) => reader.tokens[reader.position];
function take(reader: TokenReader, ...expected: string[]): string | undefined {
  const token = peek(reader);
  if (token === undefined || !expected.includes(token)) return undefined;
  reader.position += 1;
  return token;
}

function readSum(reader: TokenReader): NumericValue | undefined {
  let sum = readProduct(reader);
  for (let sign = take(reader, '+', '-'); sum && sign; sign = take(reader, '+', '-')) {
    const term = readProduct(reader);
    if (!term) return undefined;
    sum = combine(sum, sign === '+' ? term : negated(term), exact.add, (a, b) => a + b);
  }
  return sum;
}

function readProduct(reader: TokenReader): NumericValue | undefined {
  let product = readSigned(reader);
  while (product) {
    const isQuotient = take(reader, '/', '\\div') !== undefined;
    const isProduct = !isQuotient && take(reader, '*', '\\cdot', '\\times') !== undefined;
    if (!isQuotient && !isProduct && !startsFactor(peek(reader))) return product;
    const factor = isQuotient || isProduct ? readSigned(reader) : readPower(reader);
    if (!factor) return undefined;
    product = isQuotient
      ? combine(product, factor, exact.divide, (a, b) => a / b)
      : combine(product, factor, exact.multiply, (a, b) => a * b);
  }
  return undefined;
}

/** Implied products begin with a bracket, a command or pi: `6(2)`, `2\sqrt{3}`, `4\pi`; never with a digit (`1 2`). */
const startsFactor = (token: string | undefined) => token !== undefined && /^([({√π]|pi|\\(frac|sqrt|pi)$)/.test(token);

function readSigned(reader: TokenReader): NumericValue | undefined {
  const sign = take(reader, '-', '+');
  if (!sign) return readPower(reader);
  const operand = readSigned(reader);
  return operand && sign === '-' ? negated(operand) : operand;
}

function readPower(reader: TokenReader): NumericValue | undefined {
  const base = readAtom(reader);
  if (!base || !take(reader, '^')) return base;
  const exponent = readSigned(reader);
  return exponent && combine(base, exponent, exact.power, (a, b) => a ** b);
}

function readAtom(reader: TokenReader): NumericValue | undefined {
  const token = peek(reader);
  if (token === undefined) return undefined;
  reader.position += 1;
  if (/^[\d.]/.test(token)) return readNumber(reader, token);
  if (token === '(' || token === '{') return readBracketed(reader, token === '(' ? ')' : '}');
  if (token === '\\frac') return readFraction(reader);
  if (token === '\\sqrt' || token === '√') return readRoot(reader);
  if (['\\pi', 'pi', 'π'].includes(token)) return { approximate: Math.PI, isRounded: true };
  return undefined;
}

function readNumber(reader: TokenReader, digits: string): NumericValue | undefined {
  const value = fromRational(exact.parseDecimal(digits), digits.includes('.'));
  if (peek(reader) !== '\\frac' || digits.includes('.')) return value;
  reader.position += 1;
  const fraction = readFraction(reader);
  return value && fraction && combine(value, fraction, exact.add, (a, b) => a + b);
}

function readBracketed(reader: TokenReader, closing: string): NumericValue | undefined {
  const value = readSum(reader);
  return take(reader, closing) ? value : undefined;
}

function readFraction(reader: TokenReader): NumericValue | undefined {
  const numerator = take(reader, '{') && readBracketed(reader, '}');
  const denominator = take(reader, '{') && readBracketed(reader, '}');
  return numerator && denominator ? combine(numerator, denominator, exact.divide, (a, b) => a / b) : undefined;
}

function readRoot(reader: TokenReader): NumericValue | undefined {
  const degree = take(reader, '[') ? readBracketed(reader, ']') : { approximate: 2, isRounded: false };
  const radicand = readAtom(reader);
  if (!degree || !radicand) return undefined;
  const root = degree.approximate === 2 && radicand.exact ? exact.exactSquareRoot(radicand.exact) : undefined;
  if (root) return fromRational(root, radicand.isRounded);
  return { approximate: radicand.approximate ** (1 / degree.approximate), isRounded: true };
}

const fromRational = (value: exact.Rational | undefined, isRounded: boolean): NumericValue | undefined =>
  value && { exact: value, approximate: exact.toNumber(value), isRounded };

const negated = (value: NumericValue): NumericValue => ({
  ...value,
  approximate: -value.approximate,
  ...(value.exact && { exact: exact.negate(value.exact) }),
});

function combine(
  left: NumericValue,
  right: NumericValue,
  exactly: (a: exact.Rational, b: exact.Rational) => exact.Rational | undefined,
  approximately: (a: number, b: number) => number,
): NumericValue {
  const result = left.exact && right.exact ? exactly(left.exact, right.exact) : undefined;
  const approximate = approximately(left.approximate, right.approximate);
  const isRounded = left.isRounded || right.isRounded || result === undefined;
  return result ? { exact: result, approximate, isRounded } : { approximate, isRounded };
}
