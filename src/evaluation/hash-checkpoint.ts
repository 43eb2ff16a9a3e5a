import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { hashJson, hashStream } from '../base/hash.ts';

/** What a checkpoint folder's answers rest on; training state and readmes do not count. */
const EXTENSIONS = ['.json', '.safetensors', '.jinja', '.txt'];

/** The sha256 over names and bytes of a checkpoint's files: a folder that is trained on holds another model. */
export async function hashCheckpoint(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => EXTENSIONS.includes(extname(name))).toSorted();
  const hashes: [string, string][] = [];
  for (const name of names) {
    hashes.push([name, (await hashStream(createReadStream(join(folder, name)))).digest('hex')]);
  }
  return hashJson(hashes);
}
