import type { AccuracyComparison, AccuracyEstimate } from '../schema/evaluation.ts';

/** Two-sided 95% quantile of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/**
 * Accuracy with its 95% Wilson score interval,
 * `(p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)` (E. B. Wilson, 1927). Over nothing it is 0 in [0, 1].
 */
export function estimateAccuracy(correct: number, n: number): AccuracyEstimate {
  if (n === 0) return { accuracy: 0, low: 0, high: 1, n };
  const accuracy = correct / n;
  const z2 = Z_95 ** 2;
  const centre = accuracy + z2 / (2 * n);
  const spread = Z_95 * Math.sqrt((accuracy * (1 - accuracy)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  return {
    accuracy,
    low: correct === 0 ? 0 : (centre - spread) / scale,
    high: correct === n ? 1 : (centre + spread) / scale,
    n,
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

/** Compares two policies on the prompts that both answered; `difference` is `after` minus `before`. */
export function compareAccuracy(
  before: readonly { promptId: string; isCorrect: boolean }[],
  after: readonly { promptId: string; isCorrect: boolean }[],
): AccuracyComparison {
  const wasCorrect = new Map(before.map(({ promptId, isCorrect }) => [promptId, isCorrect]));
  const paired = after.filter(({ promptId }) => wasCorrect.has(promptId));
  const gained = paired.filter(({ promptId, isCorrect }) => isCorrect && !wasCorrect.get(promptId)).length;
  const lost = paired.filter(({ promptId, isCorrect }) => !isCorrect && wasCorrect.get(promptId)).length;
  const difference = paired.length === 0 ? 0 : (gained - lost) / paired.length;
  return { difference, mcnemarP: computeMcNemarP(gained, lost) };
}
