import { type Collection, readCollection } from './collection.ts';
import { type CompareItems, compareInAnyOrder, compareInOrder, elements } from './compare-items.ts';
import { compareRatios } from './compare-ratios.ts';
import type { Compared, Comparison } from './equivalence.ts';
import { compareIntervals, isPlainlyInterval } from './interval.ts';
import { withoutName } from './name.ts';
import { parseSpelledNumber } from './number-words.ts';
import { readCompoundQuantity } from './quantity.ts';

/** Compares sets on the line, and answers of several parts; undefined where neither is one. */
export function compareSets(answer: string, gold: string, compare: CompareItems): Compared | undefined {
  const isOnLine = isPlainlyInterval(gold) || isPlainlyInterval(answer);
  const intervals = isOnLine ? compareIntervals(answer, gold) : undefined;
  if (intervals) return { comparison: intervals, as: 'sets of numbers' };
  const isPoint = [answer, gold].some((side) => side.startsWith('('));
  const [a, b] = [answer, gold].map((side) =>
    isOneQuantity(side) ? undefined : readCollection(withoutName(isPoint ? side.replace(/^[A-Z](?=\()/, '') : side)),
  );
  if (!a && !b) return undefined;
  return { comparison: compareCollections(a ?? single(answer), b ?? single(gold), compare), as: 'collections' };
}

function compareCollections(answer: Collection, gold: Collection, compare: CompareItems): Comparison {
  if (answer.kind === 'ratio' || gold.kind === 'ratio') return compareRatios(answer, gold, compare);
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
  if (isOrdered) return compareInOrder(answer.items, gold.items, compare);
  return compareInAnyOrder(elements(answer, compare), elements(gold, compare), compare);
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

const single = (plain: string): Collection => ({ kind: 'list', brackets: '', items: [plain] });
