import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Of } from '../../../src/base/hash.ts';
import { contentListKey, modelPrefix } from '../../../src/schema/keys.ts';
import { storedModelFiles } from '../../../src/store/model-files.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { assertContentKept, type ContentFile } from '../../../src/store/stored-content.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const prefix = modelPrefix('0123456789abcdef');
const key = `${prefix}model.safetensors`;
let stores = 0;

async function aStoreWithModel(): Promise<Store> {
  const store = openStore(join(folder, String(stores++)));
  await store.write(key, 'weights');
  const file: ContentFile = { key, bytes: 7, sha256: sha256Of('weights'), stamp: (await store.stampOf(key))! };
  await store.write(contentListKey(prefix), JSON.stringify([file]));
  return store;
}

const pathOf = (store: Store) => store.pathOf!(key)!;

/** Counts what is read of the weights. */
function countingReads(store: Store) {
  const counting = {
    reads: 0,
    ...store,
    readStream(...args: Parameters<Store['readStream']>) {
      counting.reads += 1;
      return store.readStream(...args);
    },
  };
  return counting;
}

describe('Content that a run brought', () => {
  it('is taken as it is while nobody wrote it, without reading it', async () => {
    const store = countingReads(await aStoreWithModel());
    await assertContentKept(store, prefix);
    expect(store.reads).toBe(0);
  });

  it('is refused where it was changed, in as many bytes and with the old time', async () => {
    const store = await aStoreWithModel();
    const { atime, mtime } = statSync(pathOf(store));
    writeFileSync(pathOf(store), 'w3ights');
    utimesSync(pathOf(store), atime, mtime);
    const message = `${key} was changed: its sha256 is ${sha256Of('w3ights')}, that of the file the run brought ${sha256Of('weights')}`;
    await expect(assertContentKept(store, prefix)).rejects.toThrow(message);
    await expect(storedModelFiles(store, prefix).open('model.safetensors')).rejects.toThrow(message);
    await expect(storedModelFiles(store, prefix).read('config.json')).rejects.toThrow(message);
  });

  it('is read where the store was copied, and taken', async () => {
    const store = await aStoreWithModel();
    const copied = join(folder, 'copy');
    await cp(fileURLToPath(store.uri), copied, { recursive: true });
    const copy = countingReads(openStore(copied));
    await assertContentKept(copy, prefix);
    expect(copy.reads).toBe(1);
    expect(readFileSync(pathOf(copy), 'utf8')).toBe('weights');
  });

  it.each([
    ['a file of it', () => key, /model\.safetensors is not in /],
    ['its list', () => contentListKey(prefix), /0123456789abcdef\.json, which lists what .* held, is not there; start/],
  ])('is refused where %s is gone', async (_, gone, message) => {
    const store = await aStoreWithModel();
    await rm(store.pathOf!(gone())!);
    await expect(assertContentKept(store, prefix)).rejects.toThrow(message);
  });

  it('is not looked for where a policy is no content of a run', async () => {
    await assertContentKept(await aStoreWithModel(), 'runs/run/iteration-000000/checkpoint/');
  });
});
