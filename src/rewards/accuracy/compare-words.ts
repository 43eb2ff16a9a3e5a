import type { Comparison } from './equivalence.ts';
import {
  areOtherSymbols,
  canonicalWords,
  isShortWord,
  isWords,
  parseNumberWords,
  unabbreviated,
  withoutLead,
} from './words.ts';

/** Both words: equal up to case, articles and plural. Short runs of letters may be products, so their order decides nothing. */
export function compareWords(given: string, wanted: string): Comparison | undefined {
  if (!isWords(given) || !isWords(wanted)) return undefined;
  const answer = unabbreviated(withoutLead(given, wanted), wanted);
  const gold = unabbreviated(withoutLead(wanted, given), given);
  const [a, b] = [canonicalWords(answer), canonicalWords(gold)];
  if (a === b) return areOtherSymbols(answer, gold) ? 'undecided' : 'equal';
  if ([answer, gold].every((side) => parseNumberWords(side) !== undefined)) return undefined;
  if ([a, b].some(isShortWord)) return 'different';
  const isProduct = a.length === b.length && a.length <= 3 && [...a].sort().join() === [...b].sort().join();
  return isProduct ? 'undecided' : 'different';
}
