/** The word n-grams of a text as a set: runs of `n` words, which whitespace divides, in lower case; of a shorter text, all of it. */
export function collectNgrams(text: string, n: number): ReadonlySet<string> {
  const words = text.trim().toLowerCase().split(/\s+/);
  const count = Math.max(1, words.length - n + 1);
  return new Set(Array.from({ length: count }, (_, at) => words.slice(at, at + n).join(' ')));
}

/** Jaccard similarity of two sets that are not empty, `|A and B| / |A or B|`: 1 where they are equal. */
export function computeJaccard(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0;
  for (const ngram of left) if (right.has(ngram)) shared += 1;
  return shared / (left.size + right.size - shared);
}
