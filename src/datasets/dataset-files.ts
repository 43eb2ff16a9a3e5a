import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, posix, resolve, sep } from 'node:path';
import { shorten } from '../base/terminal-text.ts';
import { InvalidInputError, NotFoundError } from '../schema/errors.ts';

/** The files of a dataset: any store will do. */
export interface DatasetFiles {
  read(path: string): Promise<Buffer>;
  readStream(path: string): AsyncIterable<Buffer>;
  list(prefix: string): Promise<string[]>;
}

/** Larger image files are refused before they are read; 64 megapixels fit. */
export const MAX_IMAGE_BYTES = 256 * 2 ** 20;

/** Why a record may not name an image so, whatever is there; undefined where it may. */
export function findPathFault(path: string): string | undefined {
  if (path.startsWith('data:')) return 'is a picture in the line itself; write it to a file and give its path';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return 'is an address; download the image and give the path of its file';
  if (path.length > 512 && /^[\w+/=\s]+$/.test(path))
    return 'looks like a picture in base64; write it to a file and give its path';
  if (path.startsWith('/') || /^[a-z]:[\\/]/i.test(path))
    return 'is an absolute path; image paths are relative to the JSONL file';
  if (path.includes('\\')) return 'has a backslash; write / between folders';
  if (path.includes('\0')) return 'has a NUL character; give the path of a file';
  if (posix.normalize(path).split('/')[0] === '..') {
    return "leaves the dataset's folder; put images beside the JSONL file or below it";
  }
  return undefined;
}

/**
 * A folder as files of a dataset: regular files within it alone. Throws `InvalidInputError` on a device, a pipe, a folder, a link
 * that leaves the folder and an image that is too large, and `NotFoundError` where nothing is.
 */
export function createDatasetFolder(folder: string): DatasetFiles {
  return {
    async read(path) {
      const file = await openInside(folder, path);
      try {
        const { size } = await file.stat();
        if (size > MAX_IMAGE_BYTES) {
          throw new InvalidInputError(`is over ${MAX_IMAGE_BYTES / 2 ** 20} MB; save the picture smaller`);
        }
        return await file.readFile();
      } finally {
        await file.close();
      }
    },

    async *readStream(path) {
      yield* (await openInside(folder, path)).createReadStream({ highWaterMark: 2 ** 20 });
    },

    async list(prefix) {
      const names = await readdir(join(folder, prefix), { withFileTypes: true });
      return names.filter((entry) => !entry.isDirectory()).map(({ name }) => prefix + name);
    },
  };
}

/** The absolute path of a regular file within a folder. Throws as `createDatasetFolder` says. */
export async function locateInside(folder: string, path: string): Promise<string> {
  const [root, target] = await Promise.all([realpath(folder), realpath(join(folder, path))]).catch((cause) => {
    throw explainAbsence(cause);
  });
  if (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new InvalidInputError(`is a link that leaves ${resolve(folder)}; copy the file into the folder`);
  }
  const entry = await stat(target);
  if (entry.isFile()) return target;
  const kind = entry.isDirectory()
    ? 'a folder'
    : entry.isFIFO()
      ? 'a pipe'
      : entry.isSocket()
        ? 'a socket'
        : 'a device';
  throw new InvalidInputError(`is ${kind}; give a regular file`);
}

async function openInside(folder: string, path: string) {
  const target = await locateInside(folder, path);
  // Should a pipe have taken the file's place meanwhile, opening it must not wait for a writer.
  return open(target, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause) => {
    throw new InvalidInputError(`cannot be opened (${cause.code}); check its permissions`, { cause });
  });
}

function explainAbsence(cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return new NotFoundError('is not there', { cause });
  if (cause.code === 'ELOOP') return new InvalidInputError('is a link to itself; give a regular file', { cause });
  return new InvalidInputError(`cannot be read (${cause.code}); ${shorten(cause.message)}`, { cause });
}
