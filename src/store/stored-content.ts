import { z } from 'zod';
import { hashStream } from '../base/hash.ts';
import { CorruptRecordError, NotFoundError } from '../schema/errors.ts';
import { contentListKey, contentPrefixOf } from '../schema/keys.ts';
import { ManifestPart } from '../schema/manifest.ts';
import { readJson } from './records.ts';
import type { Store } from './store.ts';

/** A file that a run brought. */
export const ContentFile = ManifestPart.extend({
  stamp: z.string().describe("the store's, when the file was put there or last found as it was"),
});
export type ContentFile = z.infer<typeof ContentFile>;

/**
 * All files of the content that a key is or lies in, from the list beside it; none where it is nothing that a run brought.
 * Throws `NotFoundError` where there is no list.
 */
export async function readContentList(store: Store, contentKey: string): Promise<ContentFile[]> {
  const prefix = contentPrefixOf(contentKey);
  if (prefix === undefined) return [];
  const key = contentListKey(prefix);
  return readJson(store, key, z.array(ContentFile)).catch((cause) => {
    if (!(cause instanceof NotFoundError)) throw cause;
    throw new NotFoundError(`${key}, which lists what ${prefix} held, is not there; start the run again`, { cause });
  });
}

/**
 * Asserts that a folder of content is as the run brought it. A file with the stamp it had is taken to be; any other is hashed:
 * weights need not be read for it at the start of each job. Throws `CorruptRecordError` that names a file which was changed.
 */
export async function assertContentKept(store: Store, prefix: string): Promise<void> {
  for (const { key, sha256, stamp } of await readContentList(store, prefix)) {
    if ((await store.stampOf(key)) !== stamp) await assertSha256(store, key, sha256);
  }
}

/** Throws `CorruptRecordError` where an object that the run brought has another hash, and `NotFoundError` where it is gone. */
export async function assertSha256(store: Store, key: string, expected: string): Promise<void> {
  const sha256 = (await hashStream(store.readStream(key))).digest('hex');
  if (sha256 === expected) return;
  throw new CorruptRecordError(
    `${key} was changed: its sha256 is ${sha256}, that of the file the run brought ${expected}; delete it and start the run again`,
  );
}
