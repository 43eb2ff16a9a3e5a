import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { createSha256, hashStream } from '../base/hash.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import type { ManifestPart } from '../schema/manifest.ts';
import type { Store } from '../store/store.ts';

export type DownloadOutcome = 'downloaded' | 'resumed' | 'present';

/**
 * Fetches one file. What has arrived lies in `<path>.part`, and a later call goes on from there; the file gets its
 * name once its sha256 is right. Throws `CorruptRecordError` where a whole download has another.
 */
export async function downloadFile(
  store: Store,
  part: ManifestPart,
  path: string,
  onBytes: (received: number) => void,
): Promise<DownloadOutcome> {
  if ((await sizeOf(path)) === part.bytes && (await hashFile(path)).digest('hex') === part.sha256) return 'present';
  const partial = `${path}.part`;
  const held = (await sizeOf(partial)) ?? 0;
  const canResume = held > 0 && held <= part.bytes;
  if (canResume && (await fetchRest(store, part, partial, held, onBytes))) {
    await rename(partial, path);
    return 'resumed';
  }
  await rm(partial, { force: true });
  if (!(await fetchRest(store, part, partial, 0, onBytes))) {
    await rm(partial, { force: true });
    throw new CorruptRecordError(
      `${store.uri}/${part.key} is not what its manifest says (sha256); download it again, or remove its folder on the store and resume the run`,
    );
  }
  await rename(partial, path);
  return 'downloaded';
}

/** Appends what is missing; says whether the whole is right then. */
async function fetchRest(
  store: Store,
  { key, bytes, sha256 }: ManifestPart,
  partial: string,
  held: number,
  onBytes: (received: number) => void,
): Promise<boolean> {
  const hash = held > 0 ? await hashFile(partial) : createSha256();
  const file = await open(partial, 'a');
  try {
    let received = held;
    for await (const chunk of store.readStream(key, { start: held, end: bytes })) {
      await file.writeFile(chunk);
      hash.update(chunk);
      received += chunk.byteLength;
      onBytes(received);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex') === sha256;
}

const hashFile = (path: string) => hashStream(createReadStream(path));

const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
