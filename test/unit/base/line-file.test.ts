import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLineFile } from '../../../src/base/line-file.ts';
import { readLines } from '../../../src/base/read-lines.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

async function* cut(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

it('Lines are found again in a file by the byte they begin at, long ones and those behind a byte order mark too', async () => {
  const path = join(folder, 'lines');
  const text = ['\uFEFFfirst', 'é'.repeat(40_000), '', '\uFEFFmarked', 'last'].join('\n');
  writeFileSync(path, text);
  const file = openLineFile(path);
  const found: string[] = [];
  for await (const line of readLines(cut(Buffer.from(text), 1000))) {
    if (!('text' in line)) throw new Error(line.fault);
    expect(file.lineAt(line.start)).toBe(line.text);
    found.push(line.text);
  }
  expect(found).toEqual(['first', 'é'.repeat(40_000), '', 'marked', 'last']);
  file.close();
});
