import { type BatchSizes, padEach, TRAINING_PADDING } from '../../../../src/engine/runtime/padding.ts';
import { planPadding } from '../../../../src/engine/training/plan-padding.ts';

const aBatch = (tokens: number, completionTokens = tokens / 2): BatchSizes => ({
  tokens,
  longest: 64,
  images: 16,
  completionTokens,
});
const plan = (batches: BatchSizes[], weightCount: number) => batches.map(planPadding(batches, weightCount));
const shapesOf = (batches: BatchSizes[]) => new Set(batches.map((sizes) => JSON.stringify(sizes))).size;
const countTokens = (batches: BatchSizes[]) => batches.reduce((sum, { tokens }) => sum + tokens, 0);

describe('planPadding', () => {
  const batches = [aBatch(2000, 1010), aBatch(1940, 1040), aBatch(1800), aBatch(1200), aBatch(1120)];

  it('makes one shape of batches that a small model runs sooner than it prepares another graph', () => {
    const padded = plan(batches.slice(0, 3), 0.3e6);
    expect(padded).toEqual(Array(3).fill(aBatch(2000, 1040)));
  });

  it('keeps shapes apart where padding costs more, each as large as its batches need', () => {
    const padded = plan(batches, 12e6);
    expect(padded).toEqual([...Array(2).fill(aBatch(2000, 1040)), aBatch(1800), ...Array(2).fill(aBatch(1200))]);
  });

  it('leaves under a tenth of the tokens to padding, however cheap they are', () => {
    const random = [7, 3, 9, 1, 8, 2, 6, 4, 5];
    const many = random.flatMap((a) => random.map((b) => aBatch(500 + 130 * a + 11 * b)));
    const padded = plan(many, 1);
    expect(countTokens(padded)).toBeGreaterThan(countTokens(many));
    expect(1 - countTokens(many) / countTokens(padded)).toBeLessThan(0.1);
  });

  it('holds every batch, in fewer shapes than rounding each size would need', () => {
    const many = Array.from({ length: 60 }, (_, at) => aBatch(1500 + 13 * ((at * 7) % 50), 700 + 5 * at));
    const padded = plan(many, 1e6);
    many.forEach((sizes, at) => {
      for (const [name, size] of Object.entries(sizes)) {
        expect(padded[at][name as keyof BatchSizes]).toBeGreaterThanOrEqual(size);
      }
    });
    expect(shapesOf(padded)).toBeLessThan(shapesOf(many.map(padEach(TRAINING_PADDING))) / 2);
  });

  it('rounds up the sizes of batches that it was not told of', () => {
    expect(planPadding(batches, 50e6)({ tokens: 4100, longest: 129, images: 65, completionTokens: 1300 })).toEqual({
      tokens: 4352,
      longest: 192,
      images: 80,
      completionTokens: 1536,
    });
  });
});
