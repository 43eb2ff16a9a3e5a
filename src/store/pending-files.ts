import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isLeftover, nameForProcess } from '../base/process-mark.ts';

/** The folder, beside the objects of a store, on their file system and never listed. It goes with the last file in it. */
export const PENDING = '.pending';

export type Writable = Uint8Array | string | AsyncIterable<Uint8Array>;
/** Makes a file that is whole one of the objects. */
export type Settle = (pending: string, target: string) => Promise<void>;

/** Writes a file whole or not at all. */
export type WriteWhole = (target: string, content: Writable, settle: Settle) => Promise<void>;

/** Gives what writes in a folder first, which it rids of what processes that were killed had half written there. */
export function createWholeWriter(folder: string): WriteWhole {
  let swept: Promise<void> | undefined;
  return async (target, content, settle) => {
    swept ??= sweepLeftovers(folder);
    await swept;
    await writeWhole(folder, target, content, settle);
  };
}

async function sweepLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isLeftover)) await rm(join(folder, name), { force: true });
}

async function writeWhole(folder: string, target: string, content: Writable, settle: Settle): Promise<void> {
  const pending = join(folder, nameForProcess(randomUUID()));
  await mkdir(dirname(target), { recursive: true });
  const file = await openPending(pending);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await settle(pending, target);
  } finally {
    await file.close();
    await rm(pending, { force: true });
    // Others write too: then it stays.
    await rmdir(folder).catch(() => {});
  }
}

/** What file systems answer that have no links, or no more of them for this file. */
const NO_LINK = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

/** Makes the target the same file as the source, whole or not at all; false where the file system cannot. */
export async function linkWhole(folder: string, source: string, target: string): Promise<boolean> {
  const pending = join(folder, nameForProcess(randomUUID()));
  await stat(source);
  await mkdir(dirname(target), { recursive: true });
  try {
    await inFolder(folder, () => link(source, pending));
    await rename(pending, target);
    return true;
  } catch (cause) {
    if (NO_LINK.includes((cause as NodeJS.ErrnoException).code ?? '')) return false;
    throw cause;
  } finally {
    // Of two names of one file a rename leaves both.
    await rm(pending, { force: true });
    await rmdir(folder).catch(() => {});
  }
}

const openPending = (path: string): Promise<FileHandle> => inFolder(dirname(path), () => open(path, 'wx'));

/** Others may take the folder away as soon as it is there, but hardly so often in a row. */
const ATTEMPTS = 100;

/** Makes a file in a folder that goes with the last file of others. */
async function inFolder<T>(folder: string, make: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(folder, { recursive: true });
      return await make();
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'ENOENT' || attempt === ATTEMPTS) throw cause;
    }
  }
}
