import fc from 'fast-check';
import { arrangeSamples, type Shape } from '../../../src/formats/arrange-samples.ts';

const aShape = (images: number, ...fields: string[]): Shape => ({ images, fields: new Set(fields) });

describe('Samples of shards', () => {
  const shapes = [aShape(0, 'text'), aShape(1, 'text'), aShape(1, 'text', 'tier'), aShape(1, 'text', 'options')];

  it('stand by their number of images, the most first, and show every field at the beginning', () => {
    const { files, unshown } = arrangeSamples([0, 1, 1, 1, 3, 1, 2], shapes, 3);
    expect(files.map((file) => [...file])).toEqual([[4, 6, 1], [2, 3, 5], [0]]);
    expect(unshown.size).toBe(0);
  });

  it('leave unshown what only samples with fewer images have', () => {
    const { unshown } = arrangeSamples([0, 1, 1], [aShape(0, 'text', 'tier'), aShape(1, 'text')], 3);
    expect([...unshown]).toEqual(['tier']);
  });

  it('are all there, once', () => {
    const numbers = fc.array(fc.integer({ min: 0, max: shapes.length - 1 }), { maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 9 }), (shapeOf, perFile) => {
        const { files } = arrangeSamples(shapeOf, shapes, perFile);
        const all = files.flatMap((file) => [...file]).toSorted((left, right) => left - right);
        expect(all).toEqual(shapeOf.map((_, sample) => sample));
        for (const file of files) {
          expect(file.length).toBeLessThanOrEqual(perFile);
          expect(new Set([...file].map((sample) => shapes[shapeOf[sample]].images)).size).toBe(1);
        }
      }),
    );
  });
});
