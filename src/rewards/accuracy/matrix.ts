import { readCollection } from './collection.ts';
import { type Comparison, compareExpressions } from './equivalence.ts';
import type { Expression } from './expression.ts';
import { withoutName } from './name.ts';
import { parseExpression } from './parse-expression.ts';
import { binary } from './relation.ts';

/** Rows of formulas. */
type Matrix = Expression[][];

const MATRIX = /\\begin\s*\{([pbB]?matrix|array)\}\s*(?:\{[lcr|\s]*\})?(.*?)\\end\s*\{\1\}/gs;
const MAX_CELLS = 36;
const MAX_MATRICES = 6;
const MAX_FACTORS = 4;

/** Compares two matrices of which one is written as a sum or product; undefined for all else. A vector is a row or column. */
export function compareMatrices(answer: string, gold: string): Comparison | undefined {
  if (![answer, gold].some((side) => OPERATION.test(side))) return undefined;
  const [a, b] = [answer, gold].map(withoutName).map((side) => evaluateMatrices(side) ?? readVector(side));
  if (!a || !b) return undefined;
  const areVectors = [a, b].every((matrix) => matrix.length === 1 || matrix[0].length === 1);
  if (!areVectors && (a.length !== b.length || a[0].length !== b[0].length)) return 'different';
  const [left, right] = [a.flat(), b.flat()];
  if (left.length !== right.length) return 'different';
  const results = left.map((cell, index) => compareExpressions(cell, right[index]));
  if (results.includes('different')) return 'different';
  return results.includes('undecided') ? 'undecided' : 'equal';
}

/** Something besides brackets and a name before or behind a matrix. */
const OPERATION = /\\end\s*\{[a-zA-Z]*\}\s*[)\]]?\s*[^\s)\]]|[^\s([=]\s*[([]?\s*\\begin\s*\{[pbB]?(?:matrix|array)/;

function readVector(plain: string): Matrix | undefined {
  const vector = readCollection(plain);
  const cells = vector?.kind === 'tuple' ? vector.items.map(parseExpression) : [undefined];
  return cells.includes(undefined) ? undefined : [cells as Expression[]];
}

/**
 * The value of sums and products of matrices and numbers, `2A + B`, `AB`, `A^2`, cell by cell. Undefined where the shapes do
 * not fit, or there is much to compute.
 */
function evaluateMatrices(plain: string): Matrix | undefined {
  const matrices: Matrix[] = [];
  const marked = plain.replace(MATRIX, (_, __, body: string) => {
    const matrix = readMatrix(body);
    if (matrix) matrices.push(matrix);
    return matrix ? ` @${matrices.length - 1} ` : ' ! ';
  });
  if (matrices.length === 0 || matrices.length > MAX_MATRICES) return undefined;
  const terms = splitTerms(marked);
  const values = terms.map(({ sign, text }) => readTerm(text, sign, matrices));
  return values.reduce((sum, value) => sum && value && add(sum, value));
}

function readMatrix(body: string): Matrix | undefined {
  const rows = body
    .split('¶')
    .map((row) => row.split('&').map((cell) => parseExpression(cell.trim())))
    .filter((row) => row.length > 1 || row[0] !== undefined);
  const isWhole = rows.length > 0 && rows.every((row) => row.length === rows[0].length && !row.includes(undefined));
  return isWhole && rows.length * rows[0].length <= MAX_CELLS ? (rows as Matrix) : undefined;
}

/** At signs outside brackets that follow something. */
function splitTerms(marked: string): { sign: '+' | '-'; text: string }[] {
  const terms: { sign: '+' | '-'; text: string }[] = [];
  let [depth, sign, text] = [0, '+' as '+' | '-', ''];
  for (const character of marked) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth === 0 && (character === '+' || character === '-') && !/[*/^]\s*$/.test(text)) {
      if (text.trim() !== '') terms.push({ sign, text });
      [sign, text] = [character, ''];
    } else text += character;
  }
  return [...terms, { sign, text }];
}

const FACTOR = /^\s*\*?\s*[([]?\s*@(\d)\s*[)\]]?(?:\s*\^\s*\{?\s*([2-4])\s*\}?)?/;

/** A number or formula, then matrices multiplied from left to right. */
function readTerm(text: string, sign: '+' | '-', matrices: readonly Matrix[]): Matrix | undefined {
  const at = text.search(/[([]?\s*@/);
  if (at < 0) return undefined;
  const before = text
    .slice(0, at)
    .replace(/\*\s*$/, '')
    .trim();
  const scalar = parseExpression(before === '' ? '1' : before);
  let rest = text.slice(at);
  let product: Matrix | undefined;
  let factors = 0;
  for (let factor = FACTOR.exec(rest); factor; factor = FACTOR.exec(rest)) {
    const matrix = matrices[Number(factor[1])];
    for (let count = 0; count < Number(factor[2] ?? 1); count += 1) {
      factors += 1;
      const next: Matrix | undefined = product ? multiply(product, matrix) : matrix;
      if (!next || factors > MAX_FACTORS) return undefined;
      product = next;
    }
    rest = rest.slice(factor[0].length);
  }
  if (!scalar || !product || rest.trim() !== '') return undefined;
  const signed = sign === '-' ? binary('-', ZERO, scalar) : scalar;
  return product.map((row) => row.map((cell) => binary('*', signed, cell)));
}

const ZERO: Expression = { kind: 'number', value: { numerator: 0n, denominator: 1n }, isDecimal: false };

function add(a: Matrix, b: Matrix): Matrix | undefined {
  if (a.length !== b.length || a[0].length !== b[0].length) return undefined;
  return a.map((row, i) => row.map((cell, j) => binary('+', cell, b[i][j])));
}

/** Refuses products whose cells would be large formulas. */
function multiply(a: Matrix, b: Matrix): Matrix | undefined {
  if (a[0].length !== b.length || a.length * b[0].length * b.length > 4 * MAX_CELLS) return undefined;
  return a.map((row) =>
    b[0].map((_, j) => row.map((cell, k) => binary('*', cell, b[k][j])).reduce((sum, term) => binary('+', sum, term))),
  );
}
