import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInputError, StorageError } from '../../src/schema/errors.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import { describeStoreContract } from './store-contract.ts';

const folder = aTemporaryFolder();
const emptyFolder = () => mkdtempSync(join(folder, 'store-'));

describeStoreContract('local folder', async () => createLocalStore(emptyFolder()));
describeStoreContract('a folder not yet there', async () => openStore(join(emptyFolder(), 'new', 'store')));

describe('a local store that cannot be one', () => {
  const file = join(emptyFolder(), 'file');
  writeFileSync(file, 'x');

  it.each([
    ['a file', file],
    ['below a file', join(file, 'store')],
    ['a device', '/dev/null'],
  ])('says so in a line: %s', async (_, place) => {
    const store = openStore(place);
    for (const writing of [store.write('a/key', 'x'), store.write('a/key', 'x', { ifAbsent: true })]) {
      await expect(writing).rejects.toThrow(StorageError);
      await expect(writing).rejects.toThrow(/^the store: .*: a part of the path is a file, not a folder; give another/);
    }
  });

  it('names a folder that stands where an object is to be', async () => {
    const root = emptyFolder();
    mkdirSync(join(root, 'summary.json/x'), { recursive: true });
    const store = openStore(root);
    await expect(store.write('summary.json', 'x')).rejects.toThrow(
      /summary\.json: that is a folder, not a file; remove/,
    );
  });
});

describe('openStore', () => {
  it('opens again what its URI names', async () => {
    const store = openStore(join(emptyFolder(), 'a folder'));
    await store.write('key', 'x');
    expect((await openStore(store.uri).read('key')).toString()).toBe('x');
  });

  it('leaves no half-written files behind', async () => {
    const root = emptyFolder();
    const store = openStore(root);
    await store.write('key', 'x');
    await store.write('key', 'y', { ifAbsent: true }).catch(() => {});
    expect(readdirSync(root)).toEqual(['key']);
  });

  it('writes from many at once, whoever ends last', async () => {
    const root = emptyFolder();
    const stores = Array.from({ length: 4 }, () => openStore(root));
    const writer = async (store: Store, name: string) => {
      for (let count = 0; count < 50; count++) await store.write(`${name}-${count}`, 'x');
    };
    await Promise.all(stores.flatMap((store, at) => ['a', 'b'].map((name) => writer(store, `${name}${at}`))));
    expect(readdirSync(root)).toHaveLength(4 * 2 * 50);
  });

  it.each(['gs://bucket', 's3://', 's3://Bucket', 's3:///prefix', 's3://bucket/a//b', 's3://bucket/../b', ''])(
    'refuses %j',
    (uri) => {
      expect(() => openStore(uri)).toThrow(InvalidInputError);
    },
  );
});
