import { alignColumns, FIGURE, TEXT } from '../../../src/base/table.ts';

describe('a table of text', () => {
  const rows = [
    ['name', 'count', 'share'],
    ['a longer name', '3', '100%'],
    ['b', '12', ''],
  ];

  it('aligns texts at their beginning and figures at their end', () => {
    expect(alignColumns(rows, [TEXT, FIGURE])).toEqual([
      'name           count  share',
      'a longer name      3   100%',
      'b                 12',
    ]);
  });

  it('leaves no spaces at the end of a line', () => {
    expect(alignColumns(rows, [TEXT])[2]).toBe('b              12');
  });

  it('keeps columns wider, and nearer, than their cells ask for', () => {
    expect(alignColumns([['a', '1']], [{ align: 'left', least: 3 }, FIGURE], { gap: 1 })).toEqual(['a   1']);
  });

  it('takes more rows than a call takes arguments', () => {
    expect(alignColumns(Array(200_000).fill(['model']), [TEXT])).toHaveLength(200_000);
  });

  it('takes rows of different lengths', () => {
    expect(alignColumns([['a'], ['b', 'c']], [TEXT])).toEqual(['a', 'b  c']);
    expect(alignColumns([], [TEXT])).toEqual([]);
  });

  it('shows what would break a row, or control a terminal', () => {
    expect(alignColumns([['a\nb\u001b', 'c']], [TEXT])).toEqual(['a\\nb\\u001b  c']);
  });

  it('takes very many rows', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index)]);
    expect(alignColumns(rows, [TEXT])).toHaveLength(200_000);
  });
});
