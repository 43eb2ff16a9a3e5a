import type { Collection } from './collection.ts';
import { type CompareItems, compareInOrder } from './compare-items.ts';
import type { Comparison } from './equivalence.ts';
import { readQuantity } from './quantity.ts';

const INTEGER = /^-?\d{1,15}$/;

/** `2:4` is `1:2` and one half; `1:2:3` is `2:4:6`. */
export function compareRatios(answer: Collection, gold: Collection, compare: CompareItems): Comparison {
  const areTwo = answer.kind === gold.kind;
  if ([answer, gold].some((side) => isClock(side, areTwo))) return 'different';
  const [a, b] = [answer, gold].map(quotients);
  if (!a || !b || a.length !== b.length) return 'different';
  if ([answer, gold].some(({ kind, items }) => kind !== 'ratio' && (hasUnit(items) || INTEGER.test(items[0])))) {
    return 'different';
  }
  return compareInOrder(a, b, compare);
}

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
