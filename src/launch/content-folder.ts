import { createReadStream } from 'node:fs';
import { join, sep } from 'node:path';
import { hashStream, sha256Of } from '../base/hash.ts';
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
  const lines: string[] = [];
  for (const file of sorted) lines.push(JSON.stringify([file, await hashFile(join(folder, file))]));
  return { folder, files: sorted, contentHash: sha256Of(lines.join('')).slice(0, 16) };
}

/** Copies the files below a prefix of the store, which the content hash is part of: what is there is right. */
export async function copyContent(store: Store, content: ContentFolder, prefix: string): Promise<void> {
  for (const file of content.files) {
    const key = prefix + file.split(sep).join('/');
    if (!(await store.exists(key))) await store.writeStream(key, createReadStream(join(content.folder, file)));
  }
}

async function hashFile(path: string): Promise<string> {
  return (await hashStream(createReadStream(path))).digest('hex');
}
