import { type Collection, readCollection } from './collection.ts';
import { type CompareItems, compareInOrder } from './compare-items.ts';
import type { Compared } from './equivalence.ts';
import { readQuantity } from './quantity.ts';
import { isDifference, readSequence } from './sequence.ts';

/** Ranges, scores, codes and products of plain numbers: part by part. A falling answer may be a difference. */
export function compareSequences(answer: string, gold: string, compare: CompareItems): Compared | undefined {
  const [a, b] = [readSequence(answer), readSequence(gold)];
  if (!a && !b) return undefined;
  if (a?.kind === 'product' || b?.kind === 'product') {
    return a?.kind === b?.kind
      ? { comparison: compareInOrder(a!.items, b!.items, compare), as: 'products' }
      : undefined;
  }
  const [given, wanted] = [a ?? readEnds(answer), b ?? readEnds(gold)];
  if (given && wanted) return { comparison: compareInOrder(given.items, wanted.items, compare), as: 'ranges' };
  if ((a ?? b)!.kind === 'to' && [answer, gold].some((side) => /[:/]/.test(side))) return undefined;
  if (a && !b && isDifference(a) && readQuantity(gold, 'gold')) return undefined;
  return { comparison: 'different', as: 'ranges' };
}

/** `[10, 20]`, and a score with a colon, for comparing with a range. */
function readEnds(plain: string): Pick<Collection, 'items'> | undefined {
  const collection = readCollection(plain);
  const isEnds = collection?.kind === 'ratio' ? /^\d:\d$/.test(plain) : collection?.brackets === '[]';
  return isEnds && collection?.items.length === 2 ? collection : undefined;
}
