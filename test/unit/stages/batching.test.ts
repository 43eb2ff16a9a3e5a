import { splitBySize } from '../../../src/stages/split-by-size.ts';
import { planMicroBatches, splitEvenly } from '../../../src/stages/training/batching.ts';

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
  it('puts sequences of like length together', () => {
    const sequences = [5, 1, 4, 2].map((length) => ({
      prompt: { tokenIds: [0] },
      completionIds: numbers(length),
    }));
    const lengths = planMicroBatches(sequences, 2).map((micro) =>
      micro.map(({ completionIds }) => completionIds.length),
    );
    expect(lengths).toEqual([
      [1, 2],
      [4, 5],
    ]);
  });
});
