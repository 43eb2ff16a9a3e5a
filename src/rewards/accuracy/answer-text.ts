import { normalizeAnswer } from './normalize.ts';
import { isChemical } from './words.ts';

/** `H_2O` is `H2O`. */
const ELEMENTS = /^(?:\(?[A-Z][a-z]?\)?[_{}\d]*){2,}$/;

const BARE_NUMBER = /^[-\d.]+$/;

/** Spaces between digits stay: `2 3` is not `23`. Case counts where only symbols are written: `N` is not `n`. */
export function asText(plain: string): string {
  if (BARE_NUMBER.test(plain)) return plain;
  const unspaced = plain.includes(' ') ? plain.replace(/(?<!\d)\s+|\s+(?!\d)/g, '') : plain;
  const bare = (ELEMENTS.test(unspaced) ? unspaced.replace(/[_{}]/g, '') : unspaced)
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .replace(/^\(([^(),]*)\)$/, '$1');
  return /(?<![\\\p{L}])\p{L}{3,}/u.test(plain) && !isChemical(bare) ? bare.toLowerCase() : bare;
}

/** Characters beyond which an answer is compared as it is written, if at all. */
export const MAX_TEXT = 2000;

/** The text of an answer whatever its spacing, case and LaTeX dress: the same for answers that are. */
export const textOf = (answer: string) => asText(normalizeAnswer(answer.slice(0, MAX_TEXT)));

/** True where the text, read as an answer, holds something to compare. */
export function isComparable(gold: string): boolean {
  if (gold.length > MAX_TEXT) return false;
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
