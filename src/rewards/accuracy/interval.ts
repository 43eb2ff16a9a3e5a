import { type Comparison, compareExpressions } from './equivalence.ts';
import { evaluateExact } from './evaluate-exact.ts';
import { evaluateFloat } from './evaluate-float.ts';
import { describeExpression, type Expression } from './expression.ts';
import { parseExpression } from './parse-expression.ts';
import { binary, type Relation, readRelations, substitute } from './relation.ts';
import { splitTopLevel } from './split.ts';

interface Bound {
  at: Expression;
  /** Position on the line, for ordering. */
  position: number;
  isClosed: boolean;
}
interface Interval {
  low: Bound;
  high: Bound;
}

const INFINITE: Expression = { kind: 'constant', name: 'infinity' };
const ALL = () => [{ low: bound(negative(INFINITE), false)!, high: bound(INFINITE, false)! }];

/** Compares two sets of numbers on the line; undefined where one is not written as intervals or an inequality. */
export function compareIntervals(answer: string, gold: string): Comparison | undefined {
  const results = readings(answer).flatMap((a) => readings(gold).map((b) => compareUnions(a, b)));
  return results.includes('equal') ? 'equal' : results[0];
}

/** `|x|` is read as what x may be; of complex z it may be the modulus that is asked for: `1 < |z| < 3` answers `(1, 3)`. */
function readings(plain: string): Interval[][] {
  const asNumber = plain.replace(/\|\s*([a-z])\s*\|/g, '$1');
  const isOnlyAbsolute = asNumber !== plain && !/[a-z]/.test(plain.replace(/\|\s*[a-z]\s*\|/g, ''));
  const read = isOnlyAbsolute ? readIntervals(asNumber) : readIntervals(plain);
  if (!read) return [];
  if (!isOnlyAbsolute) return [read];
  const zero = bound(whole(0n), true)!;
  const fromZero = { low: zero, high: bound(INFINITE, false)! };
  const mirrored = read.flatMap((each) => intersect(each, fromZero)).flatMap((each) => [each, mirror(each)]);
  const isModulus = /\|\s*[zw]\s*\|/.test(plain);
  return isModulus ? [join(mirrored), read.flatMap((each) => intersect(each, fromZero))] : [join(mirrored)];
}

const mirror = ({ low, high }: Interval): Interval => ({ low: negated(high), high: negated(low) });
const negated = ({ at, position, isClosed }: Bound): Bound => ({ at: negative(at), position: -position, isClosed });

function compareUnions(a: Interval[], b: Interval[]): Comparison {
  if (a.length !== b.length) return 'different';
  const results = a.flatMap((interval, index) => [
    compareBounds(interval.low, b[index].low),
    compareBounds(interval.high, b[index].high),
  ]);
  if (results.includes('different')) return 'different';
  return results.includes('undecided') ? 'undecided' : 'equal';
}

/** True where the text says by its signs that it is a set on the line: `∪`, `∈`, an inequality, a half-open interval. */
export const isPlainlyInterval = (plain: string) =>
  /[∪∈<≤>≥≠∞]|\\setminus|\bexcept\b/.test(plain) ||
  /^(?:\(.*\]|\[.*\))$/s.test(plain) ||
  /^(?:all )?reals?(?: numbers?)?$/i.test(plain);

function compareBounds(a: Bound, b: Bound): Comparison {
  return a.isClosed === b.isClosed ? compareExpressions(a.at, b.at) : 'different';
}

/** `\{x | x > 2\}`, `\{x ∈ R : x > 2\}`. */
const SET_BUILDER = /^\\\{\s*[a-z]\s*(?:∈\s*(?:R|ℝ|\\R)\s*)?[|:]([^|:]*)\\\}$/;

/** Reads unions of intervals, points and inequalities in one variable; touching ones are joined. */
function readIntervals(plain: string): Interval[] | undefined {
  const text = (SET_BUILDER.exec(plain)?.[1] ?? plain).replace(/^[a-z](?:\([a-z]\))?\s*∈\s*/i, '');
  const [outer, ...removed] = text.split(REMOVED);
  if (removed.length > 0) return removePoints(readIntervals(outer.trim()), removed);
  if (/^(?:R|ℝ|\\R|all reals?(?: numbers?)?|reals?(?: numbers?)?|\(-∞,\s*∞\))$/i.test(text)) return ALL();
  const pieces = splitTopLevel(text.replace(/\s+or\s+/g, '∪'), /∪/);
  if (pieces.length > 12) return undefined;
  const intervals = pieces.map(readPiece);
  if (intervals.some((piece) => piece === undefined)) return undefined;
  return join(intervals.flatMap((piece) => piece!));
}

const REMOVED = /\\setminus|,?\s+(?:except|excluding|other than)(?:\s+for)?\s+|(?<=[Rℝ]\s*)-(?=\s*\\\{)/;

/** Takes points out, of a set `\{0, 1\}` or named in words. */
function removePoints(from: Interval[] | undefined, removed: string[]): Interval[] | undefined {
  const points = removed.flatMap((set) =>
    splitTopLevel(set.replace(/\\[{}]|^\s*[a-z]\s*=/g, '').replace(/\s+and\s+/g, ','), /,/),
  );
  let rest = from;
  for (const point of points) {
    const at = parseExpression(point);
    const open = at && bound(at, false);
    if (!open) return undefined;
    const [{ low, high }] = ALL();
    rest = rest?.flatMap((each) =>
      [
        { low, high: open },
        { low: open, high },
      ].flatMap((side) => intersect(each, side)),
    );
  }
  return rest;
}

/** `x > 1 and x < 3`, `x ≠ 0, x ≠ 1`: what meets all. */
function readConjunction(piece: string): Interval[] | undefined {
  const parts = splitTopLevel(
    /,/.test(piece) && !/^[^<>≤≥=]*$/.test(piece) ? piece : piece.replace(/\s+and\s+/g, ','),
    /,/,
  );
  if (parts.length < 2 || parts.length > 6) return undefined;
  const relations = parts.map(readRelations);
  return relations.every((each) => each !== undefined) ? solve(relations.flat()) : undefined;
}

function readPiece(piece: string): Interval[] | undefined {
  const points = /^\\\{(.*)\\\}$/s.exec(piece);
  if (points)
    return allKnown(splitTopLevel(points[1].replace(/\\$/, ''), /,/).map((item) => interval(item, true, item, true)));
  const ends = /^([([])([^,;]*)[,;]([^,;]*)([)\]])$/s.exec(piece);
  if (ends) return allKnown([interval(ends[2], ends[1] === '[', ends[3], ends[4] === ']')]);
  const relations = readRelations(piece);
  return relations ? solve(relations) : readConjunction(piece);
}

const allKnown = (intervals: (Interval | undefined)[]) =>
  intervals.some((entry) => entry === undefined) ? undefined : (intervals as Interval[]);

function interval(low: string, isLowClosed: boolean, high: string, isHighClosed: boolean): Interval | undefined {
  const [from, to] = [parseExpression(low), parseExpression(high)];
  const [a, b] = [from && bound(from, isLowClosed), to && bound(to, isHighClosed)];
  return a && b && a.position <= b.position ? { low: a, high: b } : undefined;
}

function bound(at: Expression, isClosed: boolean): Bound | undefined {
  const position = evaluateFloat(at, { point: new Map(), plainLogBase: 10 }).value;
  return Number.isNaN(position) ? undefined : { at, position, isClosed: isClosed && Number.isFinite(position) };
}

/** The numbers that meet every inequality of a chain in one variable, each linear in it. */
function solve(relations: Relation[]): Interval[] | undefined {
  const { variables } = describeExpression(...relations.flatMap(({ left, right }) => [left, right]));
  if (variables.size !== 1) return undefined;
  const [variable] = variables;
  let rest = ALL();
  for (const relation of relations) {
    const solutions = solveOne(relation, variable);
    if (!solutions) return undefined;
    rest = rest.flatMap((a) => solutions.flatMap((b) => intersect(a, b)));
  }
  return rest;
}

function solveOne({ left, sign, right }: Relation, variable: string): Interval[] | undefined {
  const solution = linearRoot(left, right, variable);
  if (!solution || sign === '=') return undefined;
  const { root, isRising } = solution;
  const [open, closed] = [bound(root, false), bound(root, true)];
  if (!open || !closed) return undefined;
  const [{ low, high }] = ALL();
  if (sign === '≠')
    return [
      { low, high: open },
      { low: open, high },
    ];
  const edge = sign === '≤' || sign === '≥' ? closed : open;
  const isBelow = (sign === '<' || sign === '≤') === isRising;
  return isBelow ? [{ low, high: edge }] : [{ low: edge, high }];
}

/** Where `left - right` is 0: the other side where the variable stands alone, else the root of a linear function. */
function linearRoot(left: Expression, right: Expression, variable: string) {
  const isAlone = (side: Expression) => side.kind === 'variable';
  const isFree = (side: Expression) => describeExpression(side).variables.size === 0;
  if (isAlone(left) && isFree(right)) return { root: right, isRising: true };
  if (isAlone(right) && isFree(left)) return { root: left, isRising: false };
  const difference = binary('-', left, right);
  const at = (x: bigint) => evaluateExact(substitute(difference, variable, whole(x)));
  const [zero, one] = [at(0n), at(1n)];
  if (!zero || !one) return undefined;
  const intercept: Expression = { kind: 'number', value: zero, isDecimal: false };
  const slope = evaluateExact(binary('-', { kind: 'number', value: one, isDecimal: false }, intercept));
  if (!slope || slope.numerator === 0n) return undefined;
  const steepness: Expression = { kind: 'number', value: slope, isDecimal: false };
  const line = binary('+', binary('*', steepness, { kind: 'variable', name: variable }), intercept);
  if (compareExpressions(line, difference) !== 'equal') return undefined;
  return { root: binary('/', negative(intercept), steepness), isRising: slope.numerator > 0n };
}

function whole(value: bigint): Expression {
  return { kind: 'number', value: { numerator: value, denominator: 1n }, isDecimal: false };
}
function negative(operand: Expression): Expression {
  return binary('*', whole(-1n), operand);
}

function intersect(a: Interval, b: Interval): Interval[] {
  const low = isAfter(a.low, b.low, false) ? a.low : b.low;
  const high = isAfter(a.high, b.high, true) ? b.high : a.high;
  const isEmpty = low.position > high.position || (low.position === high.position && !(low.isClosed && high.isClosed));
  return isEmpty ? [] : [{ low, high }];
}

/** At the same place, an open low end begins after a closed one and a closed high end ends after an open one. */
const isAfter = (a: Bound, b: Bound, isHigh: boolean) =>
  a.position > b.position ||
  (a.position === b.position && (isHigh ? a.isClosed && !b.isClosed : !a.isClosed && b.isClosed));

function join(intervals: Interval[]): Interval[] {
  const sorted = [...intervals].sort(
    (a, b) => a.low.position - b.low.position || Number(b.low.isClosed) - Number(a.low.isClosed),
  );
  const joined: Interval[] = [];
  for (const next of sorted) {
    const last = joined.at(-1);
    const isTouching =
      last &&
      (next.low.position < last.high.position ||
        (next.low.position === last.high.position && (next.low.isClosed || last.high.isClosed)));
    if (!isTouching) joined.push(next);
    else if (isAfter(next.high, last.high, true)) joined[joined.length - 1] = { low: last.low, high: next.high };
  }
  return joined;
}
