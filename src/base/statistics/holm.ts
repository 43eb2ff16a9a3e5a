/**
 * Holm's step-down p-values of several tests at once, in the order given: the i-th smallest of m becomes
 * `max over j <= i of min(1, (m - j + 1) p_j)` (S. Holm, 1979). Each may be held against the level as if it stood alone.
 */
export function adjustHolm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}
