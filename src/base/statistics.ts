/** Two-sided 95% quantile of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/**
 * Wilson's 95% score interval of a share of `n`,
 * `(p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)` (E. B. Wilson, 1927). Over nothing it is [0, 1].
 */
export function computeWilsonInterval(successes: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = successes / n;
  const z2 = Z_95 ** 2;
  const centre = share + z2 / (2 * n);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  return {
    low: successes === 0 ? 0 : (centre - spread) / scale,
    high: successes === n ? 1 : (centre + spread) / scale,
  };
}

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
