import { approximations, isApproximate } from './approximation.ts';
import { compareCalendar } from './calendar.ts';
import { type Collection, readCollection } from './collection.ts';
import { compareMoney } from './currency.ts';
import { dropVariable } from './equation.ts';
import { type Comparison, compareExpressions } from './equivalence.ts';
import { compareIntervals, isPlainlyInterval } from './interval.ts';
import { compareMatrices } from './matrix.ts';
import { withoutName } from './name.ts';
import { normalizeAnswer } from './normalize.ts';
import { parseSpelledNumber } from './number-words.ts';
import { parseExpression } from './parse-expression.ts';
import { compareQuantities, readCompoundQuantity, readQuantity } from './quantity.ts';
import { compareRelations, readRelations } from './relation.ts';
import { isDifference, readSequence } from './sequence.ts';
import { areOtherSymbols, canonicalWords, isChemical, isShortWord, isWords, parseNumberWords } from './words.ts';

export type { Comparison } from './equivalence.ts';

/** What a comparison found, and as what it took the two answers. */
export interface Compared {
  comparison: Comparison;
  as: string;
}

const MAX_LENGTH = 2000;
/** Comparisons of parts, and hundreds of characters, that one answer may take: bounds sets of sets. */
const MAX_WORK = 250;
const INTEGER = /^-?\d{1,15}$/;

/**
 * Compares an answer with the gold as text, dates and times, sets on the line, collections, relations, quantities or
 * formulas: the first that both are. `x = 5` equals `5`. Where one is longer than 2,000 characters, or the parts are
 * many, nothing is decided.
 */
export function compareAnswers(answer: string, gold: string): Compared {
  if (answer.length > MAX_LENGTH || gold.length > MAX_LENGTH) {
    return { comparison: answer.trim() === gold.trim() ? 'equal' : 'undecided', as: 'text' };
  }
  const money = compareMoney(answer, gold);
  if (money) return { comparison: money, as: 'amounts of money' };
  return new AnswerComparison().compare(normalizeAnswer(answer), normalizeAnswer(gold));
}

/** The text of an answer whatever its spacing, case and LaTeX dress: the same for answers that are. */
export const textOf = (answer: string) => asText(normalizeAnswer(answer.slice(0, MAX_LENGTH)));

/** True where the text, read as an answer, holds something to compare. */
export function isComparable(gold: string): boolean {
  if (gold.length > MAX_LENGTH) return false;
  const plain = normalizeAnswer(gold);
  return plain !== '' && hasBalancedBraces(plain);
}

function hasBalancedBraces(text: string): boolean {
  let depth = 0;
  for (const character of text.replace(/\\[{}]/g, '')) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** `H_2O` is `H2O`. */
const ELEMENTS = /^(?:\(?[A-Z][a-z]?\)?[_{}\d]*){2,}$/;

/** Spaces between digits stay: `2 3` is not `23`. Case counts where only symbols are written: `N` is not `n`. */
function asText(plain: string): string {
  const unspaced = plain.replace(/(?<!\d)\s+|\s+(?!\d)/g, '');
  const bare = (ELEMENTS.test(unspaced) ? unspaced.replace(/[_{}]/g, '') : unspaced)
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .replace(/^\(([^(),]*)\)$/, '$1');
  return /(?<![\\\p{L}])\p{L}{3,}/u.test(plain) && !isChemical(bare) ? bare.toLowerCase() : bare;
}

const undecided = { comparison: 'undecided', as: 'text' } as const;

class AnswerComparison {
  private work = 0;

  compare(answer: string, gold: string): Compared {
    if (INTEGER.test(answer) && INTEGER.test(gold)) {
      return { comparison: Number(answer) === Number(gold) ? 'equal' : 'different', as: 'quantities' };
    }
    this.work += 1 + (answer.length + gold.length) / 100;
    if (this.work > MAX_WORK) return undecided;
    if (asText(answer) === asText(gold)) return { comparison: 'equal', as: 'text' };
    if ([answer, gold].some(isApproximate)) {
      const [given, wanted] = [answer, gold].map(approximations);
      if (given.join() !== answer || wanted.join() !== gold) return this.compareEither(given, wanted);
    }
    const calendar = compareCalendar(answer, gold);
    if (calendar) return { comparison: calendar, as: 'dates or times' };
    const matrices = /\\begin/.test(answer + gold) ? compareMatrices(answer, gold) : undefined;
    if (matrices) return { comparison: matrices, as: 'matrices' };
    return (
      this.compareSequences(answer, gold) ??
      this.compareSets(answer, gold) ??
      this.compareSingle(...dropVariable(answer, gold))
    );
  }

  /** An exact value and its rounded form: either may be what the other gives. */
  private compareEither(answers: string[], golds: string[]): Compared {
    const results = answers.flatMap((answer) => golds.map((gold) => this.compare(answer, gold)));
    return (
      results.find(({ comparison }) => comparison === 'equal') ?? results[0] ?? { comparison: 'different', as: 'text' }
    );
  }

  /** Ranges, scores, codes and products of plain numbers: part by part. A falling answer may be a difference. */
  private compareSequences(answer: string, gold: string): Compared | undefined {
    const [a, b] = [readSequence(answer), readSequence(gold)];
    if (!a && !b) return undefined;
    if (a?.kind === 'product' || b?.kind === 'product') {
      return a?.kind === b?.kind ? { comparison: this.compareInOrder(a!.items, b!.items), as: 'products' } : undefined;
    }
    const [given, wanted] = [a ?? readEnds(answer), b ?? readEnds(gold)];
    if (given && wanted) return { comparison: this.compareInOrder(given.items, wanted.items), as: 'ranges' };
    if ((a ?? b)!.kind === 'to' && [answer, gold].some((side) => /[:/]/.test(side))) return undefined;
    if (a && !b && isDifference(a) && readQuantity(gold, 'gold')) return undefined;
    return { comparison: 'different', as: 'ranges' };
  }

  private compareSets(answer: string, gold: string): Compared | undefined {
    const isOnLine = isPlainlyInterval(gold) || isPlainlyInterval(answer);
    const intervals = isOnLine ? compareIntervals(answer, gold) : undefined;
    if (intervals) return { comparison: intervals, as: 'sets of numbers' };
    const isPoint = [answer, gold].some((side) => side.startsWith('('));
    const [a, b] = [answer, gold].map((side) =>
      isOneQuantity(side) ? undefined : readCollection(withoutName(isPoint ? side.replace(/^[A-Z](?=\()/, '') : side)),
    );
    if (!a && !b) return undefined;
    return { comparison: this.compareCollections(a ?? single(answer), b ?? single(gold)), as: 'collections' };
  }

  private compareCollections(answer: Collection, gold: Collection): Comparison {
    if (answer.kind === 'ratio' || gold.kind === 'ratio') return this.compareRatios(answer, gold);
    if (areOtherNames(answer, gold) || areOpen(answer, gold)) return 'different';
    if ((answer.kind === 'matrix') !== (gold.kind === 'matrix')) return 'different';
    if (answer.kind === 'tuple' && gold.kind === 'tuple' && answer.brackets !== gold.brackets) return 'different';
    if ([answer.kind, gold.kind].includes('tuple') && [answer.kind, gold.kind].includes('set')) {
      return answer.items.length === gold.items.length ? 'undecided' : 'different';
    }
    const isOneTuple = (answer.kind === 'tuple') !== (gold.kind === 'tuple');
    if (isOneTuple && answer.items.length !== gold.items.length) return 'different';
    if (isOneTuple && (answer.isAlternative || gold.isAlternative)) return 'different';
    const isOneNamed = Boolean(answer.isNamed) !== Boolean(gold.isNamed);
    const isOrdered = isOneNamed || (!gold.isNamed && (isOrderedKind(gold) || answer.brackets === '()'));
    if (isOrdered) return this.compareInOrder(answer.items, gold.items);
    return this.compareInAnyOrder(this.elements(answer), this.elements(gold));
  }

  /** `2:4` is `1:2` and one half; `1:2:3` is `2:4:6`. */
  private compareRatios(answer: Collection, gold: Collection): Comparison {
    const areTwo = answer.kind === gold.kind;
    if ([answer, gold].some((side) => isClock(side, areTwo))) return 'different';
    const [a, b] = [answer, gold].map(quotients);
    if (!a || !b || a.length !== b.length) return 'different';
    if ([answer, gold].some(({ kind, items }) => kind !== 'ratio' && (hasUnit(items) || INTEGER.test(items[0])))) {
      return 'different';
    }
    return this.compareInOrder(a, b);
  }

  private compareInOrder(answer: string[], gold: string[]): Comparison {
    if (answer.length !== gold.length) return 'different';
    const results = answer.map((item, index) => this.compare(item, gold[index]).comparison);
    if (results.includes('different')) return 'different';
    return results.includes('undecided') ? 'undecided' : 'equal';
  }

  /** Repeated elements of a set count once, those of a list as often as they stand there. */
  private elements({ kind, items }: Collection): string[] {
    return kind === 'set' ? this.distinct(items) : items;
  }

  private compareInAnyOrder(left: string[], right: string[]): Comparison {
    if (this.work > MAX_WORK) return 'undecided';
    if (left.length !== right.length) return 'different';
    const rest = [...right];
    for (const item of left) {
      const results = rest.map((other) => this.compare(item, other).comparison);
      const found = results.indexOf('equal');
      if (found < 0) return results.includes('undecided') ? 'undecided' : 'different';
      rest.splice(found, 1);
    }
    return 'equal';
  }

  private distinct(items: string[]): string[] {
    const kept: string[] = [];
    for (const item of new Set(items)) {
      if (!kept.some((other) => this.compare(item, other).comparison === 'equal')) kept.push(item);
    }
    return kept;
  }

  private compareSingle(answer: string, gold: string): Compared {
    if (asText(answer) === asText(gold)) return { comparison: 'equal', as: 'text' };
    const sequences = this.compareSequences(answer, gold);
    if (sequences) return sequences;
    const words = compareWords(answer, gold);
    if (words) return { comparison: words, as: 'words' };
    const [a, b] = [readRelations(answer), readRelations(gold)];
    if (a?.length === 1 && b?.length === 1) return { comparison: compareRelations(a[0], b[0]), as: 'relations' };
    if (a || b) return { comparison: a && b ? 'undecided' : 'different', as: 'relations' };
    const x = readQuantity(answer, 'answer') ?? readCompoundQuantity(answer);
    const y = readQuantity(gold, 'gold') ?? readCompoundQuantity(gold);
    if (x && y) return { comparison: compareQuantities(x, y), as: 'quantities' };
    const [left, right] = [parseExpression(answer), parseExpression(gold)];
    return left && right ? { comparison: compareExpressions(left, right), as: 'formulas' } : undecided;
  }
}

/** `one hundred and five`, `2 hours and 5 minutes`. */
const isOneQuantity = (plain: string) =>
  parseSpelledNumber(plain) !== undefined || readCompoundQuantity(plain) !== undefined;

const isOrderedKind = ({ kind }: Collection) => kind === 'tuple' || kind === 'matrix';

/** `x = 1, x = 2` names one thing, `x = 1, y = 2` two. */
const areOtherNames = (a: Collection, b: Collection) =>
  [a, b].some(({ isNamed }) => isNamed) && [a, b].some(({ hasOneName }) => hasOneName);

/** `[0, 1)` holds more than its ends. */
const areOpen = (a: Collection, b: Collection) =>
  a.brackets !== b.brackets && [a, b].some(({ brackets }) => /^(?:\(\]|\[\))$/.test(brackets));

/** `[10, 20]`, and a score with a colon, for comparing with a range. */
function readEnds(plain: string): Pick<Collection, 'items'> | undefined {
  const collection = readCollection(plain);
  const isEnds = collection?.kind === 'ratio' ? /^\d:\d$/.test(plain) : collection?.brackets === '[]';
  return isEnds && collection?.items.length === 2 ? collection : undefined;
}

const single = (plain: string): Collection => ({ kind: 'list', brackets: '', items: [plain] });

/** `12 cm` is no `12:1`, nor is 12. */
const hasUnit = (items: string[]) => items.some((item) => readQuantity(item, 'gold')?.unit);

/** `6:30` beside a number or `1:5`, `10:15` beside a number: a time of day rather than a ratio that nobody reduced. */
function isClock({ kind, items }: Collection, isBesideRatio: boolean): boolean {
  const minutes = isBesideRatio ? /^[03]0$/ : /^[0-5]\d$/;
  if (kind !== 'ratio' || items.length !== 2 || !/^\d{1,2}$/.test(items[0]) || !minutes.test(items[1])) return false;
  let [a, b] = items.map(Number);
  while (b > 0) [a, b] = [b, a % b];
  return Number(items[0]) <= 24 && a > 1;
}

/** A ratio as the quotients of each term and the first; a single number as a ratio to 1. */
function quotients({ kind, items }: Collection): string[] | undefined {
  if (kind === 'ratio' && items.length === 2) return [`(${items[0]})/(${items[1]})`];
  if (kind === 'ratio') return items.slice(1).map((item) => `(${item})/(${items[0]})`);
  return items.length === 1 ? items : undefined;
}

/** Both words: equal up to case, articles and plural. Short runs of letters may be products, so their order decides nothing. */
function compareWords(answer: string, gold: string): Comparison | undefined {
  if (!isWords(answer) || !isWords(gold)) return undefined;
  const [a, b] = [canonicalWords(answer), canonicalWords(gold)];
  if (a === b) return areOtherSymbols(answer, gold) ? 'undecided' : 'equal';
  if ([answer, gold].every((side) => parseNumberWords(side) !== undefined)) return undefined;
  if ([a, b].some(isShortWord)) return 'different';
  const isProduct = a.length === b.length && a.length <= 3 && [...a].sort().join() === [...b].sort().join();
  return isProduct ? 'undecided' : 'different';
}
