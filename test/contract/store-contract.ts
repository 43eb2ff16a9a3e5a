import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { AlreadyExistsError, InvalidInputError, NotFoundError } from '../../src/schema/errors.ts';
import type { ByteRange, Store } from '../../src/store/store.ts';

/** More than one part of an upload, and no multiple of one. */
export const LARGE_BYTES = 9 * 1024 * 1024 + 3;

/** What every store driver must do; `createStore` gives an empty store each time. */
export function describeStoreContract(driver: string, createStore: () => Promise<Store>): void {
  describe(`the store contract, ${driver}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await createStore();
    });

    it('reads back what was written, bytes and text', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await store.write('a/bytes.bin', bytes);
      await store.write('a/text.txt', 'é and 数');
      expect([...(await store.read('a/bytes.bin'))]).toEqual([...bytes]);
      expect((await store.read('a/text.txt')).toString('utf8')).toBe('é and 数');
    });

    it('knows the bytes of an object, and of none that there is none', async () => {
      await store.write('a/text.txt', 'é and 数');
      expect(await store.sizeOf('a/text.txt')).toBe(10);
      expect(await store.sizeOf('a/other.txt')).toBeUndefined();
      expect(await store.sizeOf('a')).toBeUndefined();
    });

    it('knows an object that was written again with as many bytes from the one before', async () => {
      await store.write('a/text.txt', 'one');
      const stamp = await store.stampOf('a/text.txt');
      expect(await store.stampOf('a/text.txt')).toBe(stamp);
      await store.write('a/text.txt', 'two');
      expect(await store.stampOf('a/text.txt')).not.toBe(stamp);
      expect(await store.stampOf('a/other.txt')).toBeUndefined();
    });

    it('replaces an object on a plain write', async () => {
      await store.write('key', 'a longer first text');
      await store.write('key', 'second');
      expect((await store.read('key')).toString()).toBe('second');
    });

    it('keeps the first object on a conditional write', async () => {
      await store.write('key', 'first', { ifAbsent: true });
      await expect(store.write('key', 'second', { ifAbsent: true })).rejects.toThrow(AlreadyExistsError);
      expect((await store.read('key')).toString()).toBe('first');
    });

    it('lets exactly one of many conditional writers win, and its object is whole', async () => {
      const writers = Array.from({ length: 16 }, (_, index) => `${index}`.repeat(10_000));
      const results = await Promise.allSettled(writers.map((text) => store.write('key', text, { ifAbsent: true })));
      const winners = writers.filter((_, index) => results[index].status === 'fulfilled');
      expect(winners).toHaveLength(1);
      expect((await store.read('key')).toString()).toBe(winners[0]);
    });

    it('keeps the first of two large objects on a conditional write', async () => {
      await store.write('key', aLargeObject(1), { ifAbsent: true });
      await expect(store.write('key', aLargeObject(2), { ifAbsent: true })).rejects.toThrow(AlreadyExistsError);
      expect((await store.read('key')).equals(aLargeObject(1))).toBe(true);
    });

    it('streams a large object in and out', async () => {
      const bytes = aLargeObject(3);
      await store.writeStream('large', inPieces(bytes, 1_000_000));
      expect((await buffer(store.readStream('large'))).equals(bytes)).toBe(true);
      expect((await store.read('large')).equals(bytes)).toBe(true);
    });

    it('knows where an object lies on this machine', async () => {
      await store.write('key', 'é and 数');
      const path = store.pathOf?.('key');
      if (path) expect(readFileSync(path, 'utf8')).toBe('é and 数');
    });

    it('copies an object, large or small, which neither key then takes from the other', async () => {
      await store.write('a/text + 数.txt', 'one');
      await store.write('large.bin', new Uint8Array(LARGE_BYTES).fill(7));
      await store.copy('a/text + 数.txt', 'b/c/text.txt');
      await store.copy('large.bin', 'copy.bin');
      expect(await store.sizeOf('copy.bin')).toBe(LARGE_BYTES);
      await store.write('a/text + 数.txt', 'two');
      expect((await store.read('b/c/text.txt')).toString()).toBe('one');
      await store.copy('a/text + 数.txt', 'b/c/text.txt');
      await store.copy('a/text + 数.txt', 'b/c/text.txt');
      await store.delete('a/text + 数.txt');
      expect((await store.read('b/c/text.txt')).toString()).toBe('two');
      expect(await store.list('')).toEqual(['b/c/text.txt', 'copy.bin', 'large.bin']);
      await expect(store.copy('a/none', 'b/none')).rejects.toThrow(NotFoundError);
    });

    it('streams an empty object in and out', async () => {
      await store.writeStream('empty', inPieces(Buffer.alloc(0), 1));
      expect(await store.exists('empty')).toBe(true);
      expect(await store.sizeOf('empty')).toBe(0);
      expect(await buffer(store.readStream('empty'))).toHaveLength(0);
    });

    it('replaces an object by a stream, and leaves it be when the stream breaks', async () => {
      await store.write('key', 'first');
      await store.writeStream('key', inPieces(Buffer.from('second'), 2));
      expect((await store.read('key')).toString()).toBe('second');
      const broken = async function* () {
        yield aLargeObject(4);
        throw new Error('the source broke');
      };
      await expect(store.writeStream('key', broken())).rejects.toThrow('the source broke');
      expect((await store.read('key')).toString()).toBe('second');
      expect(await store.list('')).toEqual(['key']);
    });

    it.each<[ByteRange, string]>([
      [{ start: 0, end: 3 }, '012'],
      [{ start: 4, end: 5 }, '4'],
      [{ start: 7, end: 100 }, '789'],
      [{ start: 8, end: Number.POSITIVE_INFINITY }, '89'],
      [{ start: 3, end: 3 }, ''],
      [{ start: 10, end: 12 }, ''],
    ])('reads the range %j of ten digits', async (range, expected) => {
      await store.write('digits', '0123456789');
      expect((await buffer(store.readStream('digits', range))).toString()).toBe(expected);
    });

    it('says what is not there', async () => {
      await expect(store.read('absent/key')).rejects.toThrow(NotFoundError);
      await expect(buffer(store.readStream('absent/key'))).rejects.toThrow(NotFoundError);
      await expect(buffer(store.readStream('absent/key', { start: 0, end: 9 }))).rejects.toThrow(NotFoundError);
      expect(await store.exists('absent/key')).toBe(false);
      await store.write('present', '');
      expect(await store.exists('present')).toBe(true);
      expect(await store.read('present')).toHaveLength(0);
      await store.write('folder/file', 'x');
      expect(await store.exists('folder')).toBe(false);
    });

    it('lists by prefix, sorted by code unit, part of a name included', async () => {
      for (const key of ['b/2', 'b/10', 'b/Z', 'b/sub/1', 'bc', 'a', 'b/.hidden']) await store.write(key, 'x');
      expect(await store.list('b/')).toEqual(['b/.hidden', 'b/10', 'b/2', 'b/Z', 'b/sub/1']);
      expect(await store.list('b/1')).toEqual(['b/10']);
      expect(await store.list('b')).toEqual(['b/.hidden', 'b/10', 'b/2', 'b/Z', 'b/sub/1', 'bc']);
      expect(await store.list('')).toHaveLength(7);
      expect(await store.list('none/')).toEqual([]);
    });

    it('lists with the bytes of each', async () => {
      for (const [key, text] of Object.entries({ 'b/2': 'two', 'b/1': '', c: 'x' })) await store.write(key, text);
      expect([...(await store.listSizes('b/'))]).toEqual([
        ['b/1', 0],
        ['b/2', 3],
      ]);
      expect(await store.listSizes('none/')).toEqual(new Map());
    });

    it('deletes, and deleting what is absent is fine', async () => {
      await store.write('key', 'x');
      await store.delete('key');
      await store.delete('key');
      expect(await store.exists('key')).toBe(false);
    });

    it.each(['', '/etc/passwd', '../outside', 'a/../../outside', 'a//b', './a', 'a/', 'a\\..\\b', 'a\0b'])(
      'refuses the key %j',
      async (key) => {
        await expect(store.write(key, 'x')).rejects.toThrow(InvalidInputError);
        await expect(store.read(key)).rejects.toThrow(InvalidInputError);
        await expect(buffer(store.readStream(key))).rejects.toThrow(InvalidInputError);
        await expect(store.writeStream(key, inPieces(Buffer.from('x'), 1))).rejects.toThrow(InvalidInputError);
      },
    );
  });
}

/** Different bytes all along; other bytes for another seed. */
export function aLargeObject(seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(LARGE_BYTES / 4));
  for (let index = 0; index < words.length; index++) words[index] = (index + seed) * 2_654_435_761;
  return Buffer.from(words.buffer, 0, LARGE_BYTES);
}

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}
