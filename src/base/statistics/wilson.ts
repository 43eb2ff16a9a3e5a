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
