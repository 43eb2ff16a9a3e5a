import { shorten, toPrintable } from '../../../src/base/printable.ts';
import { alignColumns, TEXT } from '../../../src/base/table.ts';

describe('printable text', () => {
  it.each([
    ['an escape sequence', 'a\u001b[31mred', 'a\\u001b[31mred'],
    ['a C1 control', 'a\u009b2J', 'a\\u009b2J'],
    ['bell, backspace, delete and NUL', '\u0007\b\u007f\0', '\\u0007\\u0008\\u007f\\u0000'],
    ['a carriage return, which would hide the line', 'bad\rgood', 'bad\\u000dgood'],
    ['a change of direction', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['lines, tabs and other scripts as they are', 'a\n\tb é 日本 🙂', 'a\n\tb é 日本 🙂'],
  ])('has %s', (_, text, expected) => {
    expect(toPrintable(text)).toBe(expected);
  });

  it('is still the same JSON', () => {
    const value = { name: 'a\u001b\u009b\u202e' };
    expect(JSON.parse(toPrintable(JSON.stringify(value)))).toEqual(value);
  });

  it('is cut where it is long', () => {
    expect(shorten('a\nb')).toBe('a b');
    expect(shorten('x'.repeat(1000))).toHaveLength(63);
  });

  it('is what tables have, a row a line', () => {
    expect(alignColumns([['a\nb\u001b', 'c']], [TEXT])).toEqual(['a\\nb\\u001b  c']);
  });

  it('fits into tables of very many rows', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index)]);
    expect(alignColumns(rows, [TEXT])).toHaveLength(200_000);
  });
});
