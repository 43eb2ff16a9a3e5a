import { buffer } from 'node:stream/consumers';
import { sha256Of } from '../../../src/base/hash.ts';
import { encodeSafetensors } from '../../../src/engine/weights/encode-safetensors.ts';
import { loadTensors } from '../../../src/engine/weights/load-tensors.ts';
import { openWeightFiles } from '../../../src/engine/weights/weight-files.ts';
import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { createCheckedStore } from '../../../src/store/checked-store.ts';
import { storedModelFiles } from '../../../src/store/model-files.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { openWork } from '../../support/finished-work.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const store = openStore(aTemporaryFolder());
const content = Buffer.from('one two three');
const part = { key: 'work/a.bin', bytes: content.length, sha256: sha256Of(content) };
const checked = createCheckedStore(store, [part]);
const READS = {
  whole: (key: string) => checked.read(key),
  'as a stream': (key: string) => buffer(checked.readStream(key)),
  'in part': (key: string) => buffer(createCheckedStore(store, [part]).readStream(key, { start: 4, end: 7 })),
};

describe.each(Object.entries(READS))('What is read %s from a checked store', (name, read) => {
  it('comes back as it was written', async () => {
    await store.write(part.key, content);
    expect(String(await read(part.key))).toBe(name === 'in part' ? 'two' : 'one two three');
  });

  it.each([
    ['cut', 'one two', /^work\/a\.bin has 7 bytes, its manifest says 13; put the file back, or delete work\/ and run/],
    ['changed', 'one two threx', /^work\/a\.bin was changed: its sha256 is .*, its manifest says/],
  ])('is refused where it was %s', async (_, text, message) => {
    await store.write(part.key, text);
    await expect(read(part.key)).rejects.toThrow(CorruptRecordError);
    await expect(read(part.key)).rejects.toThrow(message);
  });

  it('is refused where an image is not what its name says', async () => {
    const key = `images/${sha256Of('a picture')}.png`;
    await store.write(key, 'a picture');
    await read(key);
    await store.write(key, 'another');
    await expect(read(key)).rejects.toThrow(/^images\/\w+\.png was changed: .*, its name says/);
  });

  it('is not looked at where nobody promised anything', async () => {
    await store.write('work/b.bin', 'anything');
    await read('work/b.bin');
  });
});

it('Work reads parts of what it is made from from a checked store', async () => {
  const work = { stage: 'test', runId: 'run', seed: 1 };
  const first = await openWork(store, { ...work, prefix: 'first/' });
  await first.writePart('first/a', 'right');
  await first.finish({});
  await store.write('first/a', 'wrong');
  const second = await openWork(store, { ...work, prefix: 'second/', madeFrom: ['first/'] });
  await expect(second.store.read('first/a')).rejects.toThrow(/^first\/a was changed/);
});

describe('Ranges of a checked store', () => {
  const large = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
  const promised = { key: 'work/large.bin', bytes: large.length, sha256: sha256Of(large) };

  async function readSideBySide(content: Buffer) {
    await store.write(promised.key, content);
    let passed = 0;
    const counting: typeof store = {
      ...store,
      async *readStream(key, range) {
        for await (const chunk of store.readStream(key, range)) {
          passed += chunk.byteLength;
          yield chunk;
        }
      },
    };
    const ranges = createCheckedStore(counting, [promised]).checkRanges!(promised.key)!;
    // Between 40,000 and 50,000 nobody asks for anything; the later range is read first.
    const [first, second] = [ranges.read(0, 40_000), ranges.read(50_000, 90_000)];
    const late = await buffer(second);
    return { read: [await buffer(first), late], verify: ranges.verify, passed: () => passed };
  }

  it('come in any order, each byte of the store once', async () => {
    const { read, verify, passed } = await readSideBySide(large);
    expect(Buffer.concat(read).equals(Buffer.concat([large.subarray(0, 40_000), large.subarray(50_000, 90_000)]))).toBe(
      true,
    );
    await verify();
    expect(passed()).toBe(large.length);
  });

  it.each([10, 45_000, 60_000, 99_999])('are refused when byte %i of the whole was changed', async (at) => {
    const changed = Buffer.from(large);
    changed[at] ^= 1;
    const { verify } = await readSideBySide(changed);
    await expect(verify()).rejects.toThrow(/^work\/large\.bin was changed: its sha256 is/);
  });

  it('are refused when bytes came to the whole', async () => {
    const { verify } = await readSideBySide(Buffer.concat([large, Buffer.from('!')]));
    await expect(verify()).rejects.toThrow(/^work\/large\.bin has 100001 bytes, its manifest says 100000/);
  });

  it('go on where another reader gave up', async () => {
    await store.write(promised.key, large);
    const ranges = createCheckedStore(store, [promised]).checkRanges!(promised.key)!;
    const [first, second] = [ranges.read(0, 50_000), ranges.read(50_000, 100_000)];
    for await (const _ of first) break;
    expect((await buffer(second)).length).toBe(50_000);
  });

  it('are the whole file of weights, which is refused before its values are used', async () => {
    const weights = new Map([['w', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }]]);
    const file = Buffer.concat([...encodeSafetensors(weights)]);
    const part = { key: 'work/model.safetensors', bytes: file.length, sha256: sha256Of(file) };
    const load = async () => {
      const files = storedModelFiles(createCheckedStore(store, [part]), 'work/');
      return loadTensors(await openWeightFiles(files));
    };
    await store.write(part.key, file);
    const loaded = (await load()).get('w')!;
    expect([...loaded.toFloat32()]).toEqual([1, 2, 3, 4]);
    loaded.release();
    for (const at of [3, 20, file.length - 1]) {
      const changed = Buffer.from(file);
      changed[at] ^= 1;
      await store.write(part.key, changed);
      await expect(load()).rejects.toThrow(/^work\/model\.safetensors was changed/);
    }
  });
});
