import { AlreadyExistsError, InvalidInputError, NotFoundError } from '../../src/schema/errors.ts';
import type { Store } from '../../src/store/store.ts';

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

    it('says what is not there', async () => {
      await expect(store.read('absent/key')).rejects.toThrow(NotFoundError);
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
      },
    );
  });
}
