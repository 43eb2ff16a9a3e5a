import type { Collection } from './collection.ts';
import type { Comparison } from './equivalence.ts';

/** Compares what stands at one place of two collections. */
export type CompareItems = (answer: string, gold: string) => Comparison;

export function compareInOrder(answer: string[], gold: string[], compare: CompareItems): Comparison {
  if (answer.length !== gold.length) return 'different';
  const results = answer.map((item, index) => compare(item, gold[index]));
  if (results.includes('different')) return 'different';
  return results.includes('undecided') ? 'undecided' : 'equal';
}

/** Each of the left with another one of the right. */
export function compareInAnyOrder(left: string[], right: string[], compare: CompareItems): Comparison {
  if (left.length !== right.length) return 'different';
  const rest = [...right];
  for (const item of left) {
    const results = rest.map((other) => compare(item, other));
    const found = results.indexOf('equal');
    if (found < 0) return results.includes('undecided') ? 'undecided' : 'different';
    rest.splice(found, 1);
  }
  return 'equal';
}

/** Repeated elements of a set count once, those of a list as often as they stand there. */
export function elements({ kind, items }: Collection, compare: CompareItems): string[] {
  return kind === 'set' ? distinct(items, compare) : items;
}

function distinct(items: string[], compare: CompareItems): string[] {
  const kept: string[] = [];
  for (const item of new Set(items)) {
    if (!kept.some((other) => compare(item, other) === 'equal')) kept.push(item);
  }
  return kept;
}
