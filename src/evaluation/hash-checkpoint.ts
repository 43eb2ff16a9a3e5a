import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashJson, hashStream } from '../base/hash.ts';
import { isModelFile } from '../store/model-files.ts';

/** The sha256 over names and bytes of a checkpoint's files: a folder that is trained on holds another model. */
export async function hashCheckpoint(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter(isModelFile).toSorted();
  const hashes: [string, string][] = [];
  for (const name of names) {
    hashes.push([name, (await hashStream(createReadStream(join(folder, name)))).digest('hex')]);
  }
  return hashJson(hashes);
}
