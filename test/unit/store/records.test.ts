import { z } from 'zod';
import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { readRecords, streamRecords } from '../../../src/store/records.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const store = createLocalStore(aTemporaryFolder());
const Item = z.object({ text: z.string() });

async function readAll(bytes: string | Buffer): Promise<string[][]> {
  await store.write('items.jsonl', bytes);
  const streamed: string[] = [];
  for await (const { text } of streamRecords(store, 'items.jsonl', Item)) streamed.push(text);
  return [(await readRecords(store, 'items.jsonl', Item)).map(({ text }) => text), streamed];
}

describe('records', () => {
  it.each([
    ['plain', '{"text":"a"}\n{"text":"b"}\n', ['a', 'b']],
    ['behind a byte order mark', '\uFEFF{"text":"a"}\n', ['a']],
    ['with separators in their text', '{"text":"a\u2028b"}\r\n\n{"text":"é"}', ['a\u2028b', 'é']],
    ['none', '', []],
  ])('are read %s', async (_, text, expected) => {
    expect(await readAll(text)).toEqual([expected, expected]);
  });

  it('are refused where they are no UTF-8, with their line', async () => {
    const bytes = Buffer.concat([Buffer.from('{"text":"a"}\n{"text":"'), Buffer.from([0xd6, 0xd0]), Buffer.from('"}')]);
    await store.write('items.jsonl', bytes);
    const reading = readRecords(store, 'items.jsonl', Item);
    await expect(reading).rejects.toThrow(CorruptRecordError);
    await expect(reading).rejects.toThrow(/^items\.jsonl:2: the line is not UTF-8/);
    await expect(readAll(bytes)).rejects.toThrow(/^items\.jsonl:2: the line is not UTF-8/);
  });
});
