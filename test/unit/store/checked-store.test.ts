import { buffer } from 'node:stream/consumers';
import { sha256Of } from '../../../src/base/hash.ts';
import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { createCheckedStore } from '../../../src/store/checked-store.ts';
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
