import { asText, MAX_TEXT } from './answer-text.ts';
import { approximations, isApproximate } from './approximation.ts';
import { compareCalendar } from './calendar.ts';
import { compareSets } from './compare-collections.ts';
import type { CompareItems } from './compare-items.ts';
import { compareSequences } from './compare-sequences.ts';
import { compareWords } from './compare-words.ts';
import { compareMoney } from './currency.ts';
import { dropVariable } from './equation.ts';
import { type Compared, compareExpressions } from './equivalence.ts';
import { compareFigures } from './figure.ts';
import { compareMatrices } from './matrix.ts';
import { normalizeAnswer } from './normalize.ts';
import { parseExpression } from './parse-expression.ts';
import { withoutCountry } from './place.ts';
import { compareQuantities, readCompoundQuantity, readQuantity } from './quantity.ts';
import { compareRelations, readRelations } from './relation.ts';

/** Comparisons of parts, and hundreds of characters, that one answer may take: bounds sets of sets. */
const MAX_WORK = 250;
const INTEGER = /^-?\d{1,15}$/;
const undecided = { comparison: 'undecided', as: 'text' } as const;

/**
 * Compares an answer with the gold as text, figures, dates and times, sets on the line, collections, relations, quantities
 * or formulas: the first that both are. `x = 5` equals `5`. Where one is longer than 2,000 characters, or the parts are
 * many, nothing is decided.
 */
export function compareAnswers(answer: string, gold: string): Compared {
  if (answer.length > MAX_TEXT || gold.length > MAX_TEXT) {
    return { comparison: answer.trim() === gold.trim() ? 'equal' : 'undecided', as: 'text' };
  }
  const money = compareMoney(answer, gold);
  if (money) return { comparison: money, as: 'amounts of money' };
  return createComparison()(normalizeAnswer(answer), normalizeAnswer(gold));
}

type Compare = (answer: string, gold: string) => Compared;

/** A comparison of normalized answers, and of their parts within its own allowance of work. */
function createComparison(): Compare {
  let work = 0;
  const compareItems: CompareItems = (answer, gold) => compare(answer, gold).comparison;
  function compare(answer: string, gold: string): Compared {
    if (INTEGER.test(answer) && INTEGER.test(gold)) {
      return { comparison: Number(answer) === Number(gold) ? 'equal' : 'different', as: 'quantities' };
    }
    work += 1 + (answer.length + gold.length) / 100;
    if (work > MAX_WORK) return undecided;
    if (areSameText(answer, gold)) return { comparison: 'equal', as: 'text' };
    if ([answer, gold].some(isApproximate)) {
      const [given, wanted] = [answer, gold].map(approximations);
      if (given.join() !== answer || wanted.join() !== gold) return compareEither(given, wanted, compare);
    }
    return compareWhole(withoutCountry(answer, gold), withoutCountry(gold, answer), compareItems);
  }
  return compare;
}

const areSameText = (answer: string, gold: string) => answer === gold || asText(answer) === asText(gold);

/** An exact value and its rounded form: either may be what the other gives. */
function compareEither(answers: string[], golds: string[], compare: Compare): Compared {
  const results = answers.flatMap((answer) => golds.map((gold) => compare(answer, gold)));
  return (
    results.find(({ comparison }) => comparison === 'equal') ?? results[0] ?? { comparison: 'different', as: 'text' }
  );
}

function compareWhole(answer: string, gold: string, compareItems: CompareItems): Compared {
  const figures = compareFigures(answer, gold);
  if (figures) return { comparison: figures, as: 'figures' };
  const calendar = compareCalendar(answer, gold);
  if (calendar) return { comparison: calendar, as: 'dates or times' };
  const matrices = /\\begin/.test(answer + gold) ? compareMatrices(answer, gold) : undefined;
  if (matrices) return { comparison: matrices, as: 'matrices' };
  return (
    compareSequences(answer, gold, compareItems) ??
    compareSets(answer, gold, compareItems) ??
    compareValues(...dropVariable(answer, gold), answer, gold, compareItems)
  );
}

/** What is left of the two sides without their names; where none was dropped, they are no sequences. */
function compareValues(answer: string, gold: string, given: string, wanted: string, compareItems: CompareItems) {
  if (areSameText(answer, gold)) return { comparison: 'equal', as: 'text' } as const;
  const isShorter = answer !== given || gold !== wanted;
  return (isShorter ? compareSequences(answer, gold, compareItems) : undefined) ?? compareSingle(answer, gold);
}

function compareSingle(answer: string, gold: string): Compared {
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
