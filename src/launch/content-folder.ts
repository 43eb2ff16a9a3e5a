import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { hashStream, sha256Of } from '../base/hash.ts';
import { describeSystemError } from '../base/system-error.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Store } from '../store/store.ts';

/** Files of a folder, and the hash of their names and bytes. */
export interface ContentFolder {
  folder: string;
  /** Relative to the folder, sorted. */
  files: string[];
  /** 16 hexadecimal digits. */
  contentHash: string;
}

/**
 * Hashes files of a folder by relative name and content. Throws `InvalidInputError` on what is no file of it: a link that
 * leaves the folder, a device, a pipe.
 */
export async function describeContent(folder: string, files: readonly string[]): Promise<ContentFolder> {
  const sorted = [...files].sort();
  for (const file of sorted) await assertOwnFile(folder, file);
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

async function hashFile(path: string): Promise<string> {
  return (await hashStream(createReadStream(path))).digest('hex');
}
