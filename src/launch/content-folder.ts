import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Store } from '../store/store.ts';

/** Files of a folder, and the hash of their names and bytes. */
export interface ContentFolder {
  folder: string;
  /** Relative to the folder, sorted. */
  files: string[];
  /** 16 hexadecimal digits. */
  contentHash: string;
}

/** Hashes files of a folder by relative name and content. */
export async function describeContent(folder: string, files: readonly string[]): Promise<ContentFolder> {
  const sorted = [...files].sort();
  const hash = createHash('sha256');
  for (const file of sorted) hash.update(JSON.stringify([file, await hashFile(join(folder, file))]));
  return { folder, files: sorted, contentHash: hash.digest('hex').slice(0, 16) };
}

/** Copies the files below a prefix of the store, which the content hash is part of: what is there is right. */
export async function copyContent(store: Store, content: ContentFolder, prefix: string): Promise<void> {
  for (const file of content.files) {
    const key = prefix + file.split(sep).join('/');
    if (!(await store.exists(key))) await store.writeStream(key, createReadStream(join(content.folder, file)));
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
