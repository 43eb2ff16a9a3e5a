import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { createSha256, sha256Of } from '../base/hash.ts';
import { describeSystemError } from '../base/system-error.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { contentListKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';
import { assertSha256, type ContentFile, readContentList } from '../store/stored-content.ts';

/** Files of a folder, and the hash of their names and bytes. */
export interface ContentFolder {
  folder: string;
  /** By paths relative to the folder, sorted by them. */
  files: { path: string; bytes: number; sha256: string }[];
  /** 16 hexadecimal digits. */
  contentHash: string;
}

/**
 * Hashes files of a folder by relative name and content. Throws `InvalidInputError` on what is no file of it: a link that
 * leaves the folder, a device, a pipe.
 */
export async function describeContent(folder: string, files: readonly string[]): Promise<ContentFolder> {
  const sorted = [...files].sort();
  for (const path of sorted) await assertOwnFile(folder, path);
  const hashed: ContentFolder['files'] = [];
  for (const path of sorted) hashed.push({ path, ...(await measureFile(join(folder, path))) });
  const lines = hashed.map(({ path, sha256 }) => JSON.stringify([path, sha256]));
  return { folder, files: hashed, contentHash: sha256Of(lines.join('')).slice(0, 16) };
}

/**
 * Copies the files below a prefix of the store, which the content hash is part of, and lists them beside it. Throws
 * `CorruptRecordError` where one of them is there and is another.
 */
export async function copyContent(store: Store, content: ContentFolder, prefix: string): Promise<void> {
  const listKey = contentListKey(prefix);
  const known = (await store.exists(listKey)) ? await readContentList(store, prefix) : [];
  const stampOf = new Map(known.map(({ key, stamp }) => [key, stamp]));
  const files: ContentFile[] = [];
  for (const { path, bytes, sha256 } of content.files) {
    const key = prefix + path.split(sep).join('/');
    let stamp = await store.stampOf(key);
    if (stamp === undefined) {
      await store.writeStream(key, createReadStream(join(content.folder, path)));
      stamp = (await store.stampOf(key))!;
    } else if (stamp !== stampOf.get(key)) await assertSha256(store, key, sha256);
    files.push({ key, bytes, sha256, stamp });
  }
  const isListed = files.every(({ key, stamp }) => stampOf.get(key) === stamp);
  if (!isListed) await store.write(listKey, `${JSON.stringify(files, null, 2)}\n`);
}

async function assertOwnFile(folder: string, file: string): Promise<void> {
  const path = join(folder, file);
  const refuse = (fault: string) => new InvalidInputError(`${path} ${fault}; put a copy of the file in its place`);
  const [root, target] = await Promise.all([realpath(folder), realpath(path)]).catch((cause) => {
    throw new InvalidInputError(describeSystemError(cause) ?? `${path}: ${cause.message}`, { cause });
  });
  const isWithin = homesOf(root).some((home) => target.startsWith(home + sep));
  if (!isWithin) throw refuse(`is a link that leaves its folder, to ${target}`);
  if (!(await stat(target)).isFile()) throw refuse('is no file');
}

/** Where files of a folder may lie: in it, and of a snapshot in Hugging Face's cache in the blobs that it links to. */
function homesOf(root: string): string[] {
  const isSnapshot = basename(dirname(root)) === 'snapshots';
  return [root, ...(isSnapshot ? [join(dirname(dirname(root)), 'blobs')] : [])];
}

async function measureFile(path: string) {
  const hash = createSha256();
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
