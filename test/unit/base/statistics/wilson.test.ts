import { computeWilsonInterval } from '../../../../src/base/statistics/wilson.ts';

describe('the Wilson interval', () => {
  // Reference values: statsmodels proportion_confint(method='wilson').
  it.each([
    [8, 10, 0.4901624715, 0.9433178485],
    [1, 29, 0.0061132143, 0.1717552188],
    [263, 500, 0.4822016484, 0.569401886],
    [0, 20, 0, 0.1611251581],
    [20, 20, 0.8388748419, 1],
  ])('of %i in %i', (correct, n, low, high) => {
    const interval = computeWilsonInterval(correct, n);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
  });

  it('over nothing says nothing', () => expect(computeWilsonInterval(0, 0)).toEqual({ low: 0, high: 1 }));
});
