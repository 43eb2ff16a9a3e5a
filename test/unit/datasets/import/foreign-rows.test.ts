import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readList } from '../../../../src/base/list-text.ts';
import { packageRoot } from '../../../../src/base/package-root.ts';
import type { ReadRow } from '../../../../src/datasets/import/foreign-row.ts';
import { locateSource, streamRows } from '../../../../src/datasets/import/source-rows.ts';
import { aTemporaryFolder } from '../../../support/temporary-folder.ts';

const fixtures = join(packageRoot, 'test/fixtures/import');
const expected: Record<string, unknown[]> = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8'));

async function readAll(path: string): Promise<Omit<ReadRow, 'number'>[]> {
  const rows: Omit<ReadRow, 'number'>[] = [];
  for await (const { file: _, number: __, ...read } of streamRows(await locateSource(path))) rows.push(read);
  return rows;
}

const asJson = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, asJson(each)]));
};

describe('rows that Python wrote', () => {
  it.each(Object.keys(expected))('are the same here: %s', async (name) => {
    const rows = await readAll(join(fixtures, name));
    expect(rows.map((read) => asJson((read as { row: object }).row))).toEqual(expected[name]);
  });
});

describe('rows of JSON', () => {
  const folder = aTemporaryFolder();
  const aFile = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  it('are lines, or the elements of a list over any line breaks', async () => {
    const rows = [{ a: 'x, [y] "z" \\' }, { a: [1, { b: ']' }] }, { a: '又' }];
    const all = rows.map((row) => ({ row }));
    expect(await readAll(aFile('a.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join('\n')))).toEqual(all);
    expect(await readAll(aFile('b.json', `\uFEFF\n${JSON.stringify(rows, null, 2)}\n`))).toEqual(all);
    expect(await readAll(aFile('c.json', JSON.stringify(rows)))).toEqual(all);
    expect(await readAll(aFile('d.json', '[]'))).toEqual([]);
  });

  it('that are broken are faults of their own number', async () => {
    const lines = await readAll(aFile('e.jsonl', '{"a": 1}\n{"a":\n[1]\n{"a": 2}'));
    expect(lines.map((read) => Object.keys(read)[0])).toEqual(['row', 'fault', 'fault', 'row']);
    const [first, ...cut] = await readAll(aFile('f.json', '[{"a": 1}, {"a": 2'));
    expect(first).toEqual({ row: { a: 1 } });
    expect(cut).toEqual([{ fault: 'the list does not end; the file is cut, download it again' }]);
  });
});

describe('a list in a text', () => {
  it.each([
    ["['5 cm', \"6' 2\"]", ['5 cm', "6' 2"]],
    ["['it\\'s', 'a\\nb', '\\\\pi', '\\u00e9']", ["it's", 'a\nb', '\\pi', 'é']],
    ['["a", "b",]', ['a', 'b']],
    ['[]', []],
    ['[1, 2]', undefined],
    ['a', undefined],
    ["['a' 'b']", undefined],
  ])('%s', (text, items) => {
    expect(readList(text)).toEqual(items);
  });
});
