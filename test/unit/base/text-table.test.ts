import fc from 'fast-check';
import { createNumberColumn } from '../../../src/base/number-column.ts';
import { createTextTable } from '../../../src/base/text-table.ts';

describe('A table of texts', () => {
  it('numbers them as a Map would, finds them and gives them back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 6 }), { maxLength: 200 }), (texts) => {
        const table = createTextTable();
        const expected = new Map<string, number>();
        for (const text of texts) {
          if (!expected.has(text)) expected.set(text, expected.size);
          expect(table.add(text)).toBe(expected.get(text));
        }
        expect(table.size).toBe(expected.size);
        for (const [text, number] of expected) expect([table.find(text), table.at(number)]).toEqual([number, text]);
        expect(table.find('not among them')).toBe(-1);
      }),
    );
  });

  it('grows past its slots, and takes long texts', () => {
    const table = createTextTable();
    const texts = Array.from({ length: 100_000 }, (_, i) => `prompt-${i}`.padEnd(40, 'x'));
    for (const [number, text] of texts.entries()) expect(table.add(text)).toBe(number);
    expect(texts.every((text, number) => table.find(text) === number)).toBe(true);
    const long = 'x'.repeat(1_000_000);
    expect(table.at(table.add(long))).toBe(long);
  });
});

describe('A column of numbers', () => {
  it('is 0 where nothing was set, and as long as its last number', () => {
    const column = createNumberColumn(Float64Array);
    column.push(0.5);
    column.set(200_000, 2 ** 40);
    expect([column.get(0), column.get(1), column.get(200_000), column.get(9e6), column.length]).toEqual([
      ...[0.5, 0, 2 ** 40, 0],
      200_001,
    ]);
  });
});
