import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isLeftover, nameForProcess } from '../base/process-mark.ts';
import { describeSystemError } from '../base/system-error.ts';
import { AlreadyExistsError, NotFoundError, StorageError } from '../schema/errors.ts';
import { assertKey } from './key.ts';
import type { Store } from './store.ts';

/** Half-written files wait here: on the same file system as the objects, never listed. It goes with the last of them. */
const PENDING = '.pending';

/**
 * A store in a local folder, which is created on the first write; a key is a path below it.
 * Writes are whole or absent, also when the process is killed in the middle; what it leaves behind goes with the first write
 * of another process.
 */
export function createLocalStore(folder: string): Store {
  const root = resolve(folder);
  const pathOf = (key: string) => {
    assertKey(key);
    return join(root, key);
  };
  let swept: Promise<void> | undefined;
  const put: PutWhole = async (key, content, settle) => {
    swept ??= sweepLeftovers(join(root, PENDING));
    await swept;
    return writeWhole(join(root, PENDING), pathOf(key), content, settle);
  };
  const explainReading = (cause: unknown, key: string) => {
    if (!isAbsence(cause)) return explain(cause);
    return new NotFoundError(`${key} is not in ${root}; run the stage that writes it first`, { cause });
  };
  const statOf = (key: string) =>
    stat(pathOf(key), { bigint: true }).then(
      (entry) => (entry.isFile() ? entry : undefined),
      (cause) => {
        if (isAbsence(cause)) return undefined;
        throw explain(cause);
      },
    );
  const sizeOf = async (key: string) => {
    const entry = await statOf(key);
    return entry && Number(entry.size);
  };

  return {
    uri: pathToFileURL(root).href,

    async read(key) {
      return readFile(pathOf(key)).catch((cause) => {
        throw explainReading(cause, key);
      });
    },

    async *readStream(key, { start, end } = { start: 0, end: Number.POSITIVE_INFINITY }) {
      if (end <= start) return;
      try {
        yield* createReadStream(pathOf(key), { start, end: end - 1 });
      } catch (cause) {
        throw explainReading(cause, key);
      }
    },

    async write(key, bytes, options = {}) {
      if (!options.ifAbsent) return put(key, bytes, rename);
      await put(key, bytes, link).catch(async (cause) => {
        if (!(cause instanceof StorageError) || errorCode(cause.cause) !== 'EEXIST') throw cause;
        if ((await sizeOf(key)) === undefined) throw cause;
        throw new AlreadyExistsError(`${key} is already in ${root}; another writer was first`, { cause });
      });
    },

    async writeStream(key, source) {
      return put(key, source, rename);
    },

    sizeOf,

    // Other than the time of modification, nobody sets that of the last change of a file.
    async stampOf(key) {
      const entry = await statOf(key);
      return entry && `${entry.size} ${entry.ino} ${entry.ctimeNs}`;
    },

    async exists(key) {
      return (await sizeOf(key)) !== undefined;
    },

    pathOf,

    async list(prefix) {
      const folderPrefix = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const start = folderPrefix === '' ? root : pathOf(folderPrefix.slice(0, -1));
      const keys = await listFiles(start, folderPrefix);
      return keys.filter((key) => key.startsWith(prefix)).sort();
    },

    async delete(key) {
      await rm(pathOf(key), { force: true }).catch((cause) => {
        throw explain(cause);
      });
    },
  };
}

type Writable = Uint8Array | string | AsyncIterable<Uint8Array>;
type Settle = (pending: string, target: string) => Promise<void>;
type PutWhole = (key: string, content: Writable, settle: Settle) => Promise<void>;

/** Removes what processes that were killed had half written. */
async function sweepLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isLeftover)) await rm(join(folder, name), { force: true });
}

/** Writes in a folder beside the objects of a store, then lets `settle` make it one of them. */
async function writeWhole(folder: string, target: string, content: Writable, settle: Settle): Promise<void> {
  const pending = join(folder, nameForProcess(randomUUID()));
  try {
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
  } catch (cause) {
    throw explain(cause);
  }
}

/** Others may take the folder away as soon as it is there, but hardly so often in a row. */
const ATTEMPTS_TO_OPEN = 100;

/** Opens a new file in a folder that goes with the last file of others. */
async function openPending(path: string): Promise<FileHandle> {
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(dirname(path), { recursive: true });
      return await open(path, 'wx');
    } catch (cause) {
      if (errorCode(cause) !== 'ENOENT' || attempt === ATTEMPTS_TO_OPEN) throw cause;
    }
  }
}

async function listFiles(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    if (isAbsence(cause)) return [];
    throw explain(cause);
  });
  const nested = entries.map(async (entry) => {
    const key = prefix + entry.name;
    if (key === PENDING) return [];
    return entry.isDirectory() ? listFiles(join(folder, entry.name), `${key}/`) : [key];
  });
  return (await Promise.all(nested)).flat();
}

/** Says what the operating system refused, where that is one of the ways in which it does; others stay as they are. */
function explain(cause: unknown): unknown {
  const told = describeSystemError(cause);
  return told === undefined ? cause : new StorageError(`the store: ${told}`, { cause });
}

const errorCode = (error: unknown) => (error as NodeJS.ErrnoException).code;
const isAbsence = (error: unknown) => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '');
