import { TRAINING_PADDING } from '../../../src/engine/padding.ts';
import { createRandom } from '../../../src/schema/random.ts';
import { splitBySize, splitEvenly } from '../../../src/stages/split-list.ts';
import { planMicroBatches } from '../../../src/stages/training/batching.ts';

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
    lengths.map((length) => ({ prompt: { tokenIds: numbers(9) }, completionIds: numbers(length - 8) }));
  const lengthsOf = (sequences: { completionIds: number[] }[]) =>
    sequences.map(({ completionIds }) => completionIds.length + 8);

  it('puts sequences of like length together', () => {
    expect(planMicroBatches(withLengths([30, 60, 30, 60]), 2, 50e6).map(lengthsOf)).toEqual([
      [30, 30],
      [60, 60],
    ]);
    expect(planMicroBatches(withLengths([32, 31, 32, 30]), 4, 50e6).map(lengthsOf)).toEqual([[30, 31, 32, 32]]);
    expect(planMicroBatches([], 3, 50e6)).toEqual([]);
  });

  it.each([
    [50e6, 0.1, 16],
    [0.6e6, 0.5, 3],
  ])('for %d weights leaves under %d of the tokens to padding, in at most %d micro-batches', (weights, most, count) => {
    const random = createRandom(1);
    const sequences = withLengths(numbers(64).map(() => 40 + random.int(60)));
    const plan = planMicroBatches(sequences, 32, weights);
    const padded = plan.reduce(
      (sum, micro) =>
        sum + TRAINING_PADDING.count(micro.length) * TRAINING_PADDING.length(Math.max(...lengthsOf(micro))),
      0,
    );
    const tokens = lengthsOf(sequences).reduce((a, b) => a + b, 0);
    expect(plan.flat()).toHaveLength(64);
    expect(Math.max(...plan.map((micro) => micro.length))).toBeLessThanOrEqual(32);
    expect(1 - tokens / padded).toBeLessThan(most);
    expect(plan.length).toBeLessThanOrEqual(count);
  });
});
