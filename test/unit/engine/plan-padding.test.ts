import { type BatchSizes, padEach, TRAINING_PADDING } from '../../../src/engine/padding.ts';
import { planPadding } from '../../../src/engine/plan-padding.ts';

const aBatch = (rows: number, length: number, completionTokens = 20 * rows): BatchSizes => ({
  rows,
  length,
  images: rows,
  completionTokens,
});
const plan = (batches: BatchSizes[], weightCount: number) => batches.map(planPadding(batches, weightCount));
const shapesOf = (batches: BatchSizes[]) => new Set(batches.map((sizes) => JSON.stringify(sizes))).size;

describe('planPadding', () => {
  const batches = [aBatch(32, 67, 610), aBatch(30, 66, 640), aBatch(28, 61), aBatch(12, 40), aBatch(11, 38)];

  it('makes one shape of batches that a small model runs sooner than it prepares another graph', () => {
    const padded = plan(batches, 0.3e6);
    expect(shapesOf(padded)).toBe(1);
    expect(padded[0]).toEqual({ rows: 32, length: 67, images: 32, completionTokens: 640 });
  });

  it('keeps shapes apart where padding costs more, each as large as its batches need', () => {
    const padded = plan(batches, 1.5e6);
    expect(padded.slice(0, 3)).toEqual(Array(3).fill(aBatch(32, 67, 640)));
    expect(padded.slice(3)).toEqual(Array(2).fill(aBatch(12, 40)));
  });

  it('holds every batch, in fewer shapes than rounding each size would need', () => {
    const many = Array.from({ length: 60 }, (_, at) => aBatch(8 + (at % 25), 40 + ((at * 7) % 50), 100 + at));
    const padded = plan(many, 1e6);
    many.forEach((sizes, at) => {
      for (const [name, size] of Object.entries(sizes)) {
        expect(padded[at][name as keyof BatchSizes]).toBeGreaterThanOrEqual(size);
      }
    });
    expect(shapesOf(padded)).toBeLessThan(shapesOf(many.map(padEach(TRAINING_PADDING))) / 2);
  });

  it('rounds up the sizes of batches that it was not told of', () => {
    expect(planPadding(batches, 50e6)(aBatch(65, 129, 1300))).toEqual({
      rows: 80,
      length: 136,
      images: 80,
      completionTokens: 1536,
    });
  });
});
