/**
 * Exact two-sided McNemar test: of the `gained + lost` pairs that disagree, are gains as likely as losses?
 * `p = min(1, 2 P(X <= min(gained, lost)))`, X binomial with probability 1/2. Without such pairs p is 1.
 */
export function computeMcNemarP(gained: number, lost: number): number {
  const n = gained + lost;
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= Math.min(gained, lost); k += 1) {
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
