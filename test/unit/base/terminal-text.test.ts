import { alignColumns, TEXT } from '../../../src/base/table.ts';
import { shorten, toTerminalText } from '../../../src/base/terminal-text.ts';

describe('text for a terminal', () => {
  it.each([
    ['\x1b[31mred', '\\u001b[31mred'],
    ['title\x1b]0;x\x07', 'title\\u001b]0;x\\u0007'],
    ['\x9b2J', '\\u009b2J'],
    ['\x7f\x00\x08', '\\u007f\\u0000\\u0008'],
    ['over\rwritten', 'over\\u000dwritten'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['a\u2028b', 'a\\u2028b'],
  ])('of %j is harmless', (text, shown) => {
    expect(toTerminalText(text)).toBe(shown);
  });

  it.each(['two\nlines\tand a tab', 'Zahlen: ½ × π ≤ 数', 'עברית', '👩‍🔬'])('of %j is as it was', (text) => {
    expect(toTerminalText(text)).toBe(text);
  });

  it('is JSON of the same meaning where it was JSON', () => {
    const value = { id: '\x1b\x9b\u202e\x7f' };
    expect(JSON.parse(toTerminalText(JSON.stringify(value)))).toEqual(value);
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
