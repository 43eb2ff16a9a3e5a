import { openStore } from '../../../src/store/open-store.ts';
import { openRecordWriter } from '../../../src/store/record-writer.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const store = openStore(aTemporaryFolder());

describe('A record writer', () => {
  it('writes all that it takes, and counts its bytes', async () => {
    const writer = openRecordWriter(store, 'all.txt');
    const lines = Array.from({ length: 50_000 }, (_, line) => `größe ${line} ${'x'.repeat(30)}\n`);
    for (const line of lines) await writer.write(line);
    await writer.end();
    const text = lines.join('');
    expect(String(await store.read('all.txt'))).toBe(text);
    expect(writer.bytes).toBe(Buffer.byteLength(text));
  });

  it('writes an empty object where it took nothing', async () => {
    await openRecordWriter(store, 'none.txt').end();
    expect(await store.read('none.txt')).toHaveLength(0);
  });

  it('leaves nothing behind when it is aborted', async () => {
    const writer = openRecordWriter(store, 'aborted.txt');
    await writer.write('x'.repeat(2 ** 20));
    await writer.abort();
    expect(await store.list('')).not.toContain('aborted.txt');
  });

  it('says at its end, and to whoever waits, that the store failed', async () => {
    const failing = { ...store, writeStream: () => Promise.reject(new Error('disk full')) };
    const writer = openRecordWriter(failing, 'failed.txt');
    const fill = async () => {
      for (let chunk = 0; chunk < 20; chunk++) await writer.write('x'.repeat(2 ** 18));
    };
    await expect(fill()).rejects.toThrow('disk full');
    await expect(writer.end()).rejects.toThrow('disk full');
  });
});
