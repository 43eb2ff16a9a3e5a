import { roundUpToEighthOctave } from '../../../src/engine/pad-size.ts';
import { createRandom } from '../../../src/schema/random.ts';
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
  const withLengths = (lengths: number[]) =>
    lengths.map((length) => ({ prompt: { tokenIds: numbers(9) }, completionIds: numbers(length - 8) }));
  const lengthsOf = (sequences: { completionIds: number[] }[]) =>
    sequences.map(({ completionIds }) => completionIds.length + 8);

  it('puts sequences of like length together, in no more micro-batches than little padding needs', () => {
    expect(planMicroBatches(withLengths([30, 60, 30, 60]), 4).map(lengthsOf)).toEqual([
      [30, 30],
      [60, 60],
    ]);
    expect(planMicroBatches(withLengths([32, 31, 32, 30]), 4).map(lengthsOf)).toEqual([[30, 31, 32, 32]]);
    expect(planMicroBatches(withLengths([32, 32, 32, 32]), 3).flatMap((micro) => micro.length)).toEqual([1, 3]);
    expect(planMicroBatches([], 3)).toEqual([]);
  });

  it('leaves under a tenth of the tokens to padding, rounded sizes included', () => {
    const random = createRandom(1);
    const sequences = withLengths(numbers(64).map(() => 40 + random.int(60)));
    const plan = planMicroBatches(sequences, 32);
    const padded = plan.reduce(
      (sum, micro) => sum + roundUpToEighthOctave(micro.length) * roundUpToEighthOctave(Math.max(...lengthsOf(micro))),
      0,
    );
    const tokens = lengthsOf(sequences).reduce((a, b) => a + b, 0);
    expect(plan.flat()).toHaveLength(64);
    expect(padded).toBeLessThan(tokens / 0.9);
    expect(plan.length).toBeLessThan(12);
  });
});
