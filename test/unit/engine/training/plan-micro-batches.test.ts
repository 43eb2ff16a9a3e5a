import { createRandom } from '../../../../src/base/random.ts';
import { splitBySize, splitEvenly } from '../../../../src/base/split-list.ts';
import { planMicroBatches } from '../../../../src/engine/training/plan-micro-batches.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('splitEvenly', () => {
  it.each([
    [8, 2, [4, 4]],
    [7, 3, [2, 2, 3]],
    [2, 4, [1, 1]],
    [0, 4, []],
  ])('splits %d items into %d steps of like size, none empty', (items, count, sizes) => {
    const runs = splitEvenly(numbers(items), count);
    expect(runs.map((run) => run.length)).toEqual(sizes);
    expect(runs.flat()).toEqual(numbers(items));
  });
});

describe('splitBySize', () => {
  it('keeps the order and lets only the last run be short', () => {
    expect(splitBySize(numbers(5), 2)).toEqual([[0, 1], [2, 3], [4]]);
    expect(splitBySize([], 2)).toEqual([]);
  });
});

describe('planMicroBatches', () => {
  const withLengths = (lengths: number[]) =>
    lengths.map((length) => ({ prompt: { tokenIds: numbers(9) }, completionIds: numbers(length - 9) }));
  const lengthsOf = (sequences: { completionIds: number[] }[]) =>
    sequences.map(({ completionIds }) => completionIds.length + 9);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

  it('makes as few as there can be, of about as many tokens each', () => {
    expect(planMicroBatches(withLengths([30, 60, 31, 61]), 2).map(lengthsOf)).toEqual([
      [61, 30],
      [60, 31],
    ]);
    expect(planMicroBatches(withLengths([32, 31, 32, 30]), 4).map(lengthsOf)).toEqual([[32, 32, 31, 30]]);
    expect(planMicroBatches([], 3)).toEqual([]);
  });

  it('never puts more sequences together than it may', () => {
    expect(planMicroBatches(withLengths([90, 10, 10, 10, 10]), 3).map(lengthsOf)).toEqual([
      [90, 10],
      [10, 10, 10],
    ]);
  });

  it('differs by less than a tenth in tokens where lengths differ twofold', () => {
    const random = createRandom(1);
    for (const count of [33, 64, 95, 96, 97, 280]) {
      const sequences = withLengths(numbers(count).map(() => 40 + random.int(60)));
      const plan = planMicroBatches(sequences, 32);
      const tokens = plan.map((micro) => sum(lengthsOf(micro)));
      expect(plan).toHaveLength(Math.ceil(count / 32));
      expect(plan.flat()).toHaveLength(count);
      expect(new Set(plan.flat())).toEqual(new Set(sequences));
      expect(Math.max(...plan.map((micro) => micro.length))).toBeLessThanOrEqual(32);
      expect(Math.min(...tokens) / Math.max(...tokens)).toBeGreaterThan(0.9);
    }
  });
});
