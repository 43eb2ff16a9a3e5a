import { createTally } from '../../../src/base/spread.ts';

describe('a tally', () => {
  it.each([
    [[], { least: 0, median: 0, most: 0, total: 0 }],
    [[5], { least: 5, median: 5, most: 5, total: 5 }],
    [[3, 1, 2], { least: 1, median: 2, most: 3, total: 6 }],
    [[1, 2, 3, 4], { least: 1, median: 3, most: 4, total: 10 }],
    [[7, 7, 7, 1], { least: 1, median: 7, most: 7, total: 22 }],
  ])('of %j spreads so', (values, expected) => {
    const tally = createTally();
    for (const value of values) tally.add(value);
    expect(tally.spread()).toEqual(expected);
  });
});
