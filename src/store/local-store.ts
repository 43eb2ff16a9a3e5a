import { createReadStream } from 'node:fs';
import { link, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mapBounded } from '../base/bounded.ts';
import { describeSystemError } from '../base/system-error.ts';
import { AlreadyExistsError, NotFoundError, StorageError } from '../schema/errors.ts';
import { assertKey } from './key.ts';
import { createWholeWriter, linkWhole, PENDING, type Settle, type Writable } from './pending-files.ts';
import type { Store } from './store.ts';

const CONCURRENT_STATS = 64;

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
  const writeWhole = createWholeWriter(join(root, PENDING));
  const put = (key: string, content: Writable, settle: Settle) =>
    writeWhole(pathOf(key), content, settle).catch((cause) => {
      throw explain(cause);
    });
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

  const list = async (prefix: string) => {
    const folderPrefix = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const start = folderPrefix === '' ? root : pathOf(folderPrefix.slice(0, -1));
    const keys = await listFiles(start, folderPrefix);
    return keys.filter((key) => key.startsWith(prefix)).sort();
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

    // Objects are replaced, never written in place, so that two keys may share a file.
    async copy(from, to) {
      const isLinked = await linkWhole(join(root, PENDING), pathOf(from), pathOf(to)).catch((cause) => {
        throw explainReading(cause, from);
      });
      if (!isLinked) await put(to, createReadStream(pathOf(from)), rename);
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

    list,

    async listSizes(prefix) {
      const keys = await list(prefix);
      const sizes = await mapBounded(keys, CONCURRENT_STATS, sizeOf);
      // A run under way deletes what it no longer needs.
      return new Map(keys.flatMap((key, at) => (sizes[at] === undefined ? [] : [[key, sizes[at]] as const])));
    },

    async delete(key) {
      await rm(pathOf(key), { force: true }).catch((cause) => {
        throw explain(cause);
      });
    },
  };
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
