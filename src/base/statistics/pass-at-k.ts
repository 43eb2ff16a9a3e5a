/**
 * Chance that at least one of k answers is right, estimated without bias from n answers of which c are:
 * `1 - C(n - c, k) / C(n, k)`, as a product (M. Chen et al., 2021, arXiv 2107.03374).
 *
 * @param k at most n
 */
export function estimatePassAtK(n: number, c: number, k: number): number {
  if (n - c < k) return 1;
  let allWrong = 1;
  for (let i = n - c + 1; i <= n; i++) allWrong *= 1 - k / i;
  return 1 - allWrong;
}

/** The k that pass at k is told of for n answers: 1, 2, 4, ..., and n itself. */
export function passKs(n: number): number[] {
  const powers = Array.from({ length: Math.floor(Math.log2(n)) + 1 }, (_, exponent) => 2 ** exponent);
  return [...new Set([...powers, n])];
}
