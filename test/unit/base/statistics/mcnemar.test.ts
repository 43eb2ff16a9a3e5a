import { computeMcNemarP } from '../../../../src/base/statistics/mcnemar.ts';

describe("McNemar's exact test", () => {
  // Reference values: exact rational sums; 121 against 59 is the example of statsmodels' documentation.
  it.each([
    [10, 2, 0.03857421875],
    [2, 10, 0.03857421875],
    [5, 5, 1],
    [0, 0, 1],
    [3, 0, 0.25],
    [121, 59, 4.434449263755176e-6],
    [40, 12, 0.0001275387838557407],
    [900, 700, 6.319484959450139e-7],
  ])('of %i gained and %i lost', (gained, lost, p) => {
    expect(computeMcNemarP(gained, lost) / p).toBeCloseTo(1, 9);
  });
});
