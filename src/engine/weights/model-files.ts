import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError, UnsupportedModelError } from '../../schema/errors.ts';

/**
 * A reader of the files of a checkpoint folder in Hugging Face layout; `undefined` when the folder has no such file.
 */
export type ReadModelFile = (name: string) => Promise<Uint8Array | undefined>;

/** A file of a checkpoint folder that memory should not hold: weights. */
export interface ModelFile {
  /** Its name in the folder, for errors. */
  readonly name: string;
  readonly bytes: number;
  /** Where it lies, if on this machine. */
  readonly path?: string;
  /**
   * The bytes from `start` to before `end`, piece by piece. Of a file that is verified, each is asked for once, in their order;
   * ranges may be read side by side.
   */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  /** Throws where the file is not as somebody promised, after its ranges were read and before their values are used. */
  verify?(): Promise<void>;
}

/** A checkpoint folder in Hugging Face layout, wherever it is. */
export interface ModelFiles {
  /** A whole file: settings, not weights. */
  read: ReadModelFile;
  /** `undefined` when the folder has no such file. */
  open(name: string): Promise<ModelFile | undefined>;
}

/** A checkpoint's files in a local folder. Throws `InvalidInputError` for what is no regular file, such as a device. */
export function folderModelFiles(folder: string): ModelFiles {
  const find = async (name: string): Promise<ModelFile | undefined> => {
    const path = join(folder, name);
    const found = await ifPresent(stat(path), path);
    if (!found) return undefined;
    if (!found.isFile()) throw new InvalidInputError(`${path} is no regular file; put the checkpoint's own file there`);
    const read = (start: number, end: number) =>
      end > start ? createReadStream(path, { start, end: end - 1 }) : NOTHING;
    return { name, bytes: found.size, path, read };
  };
  return {
    open: find,
    async read(name) {
      const file = await find(name);
      return file && ifPresent(readFile(join(folder, name)), join(folder, name));
    },
  };
}

/** The files of a checkpoint that memory holds, taken in here and now. */
export function heldModelFiles(
  contents: Iterable<[name: string, content: Uint8Array | Iterable<Uint8Array>]>,
): ModelFiles {
  const held = new Map<string, Uint8Array>();
  for (const [name, content] of contents) {
    held.set(name, content instanceof Uint8Array ? content : Buffer.concat([...content]));
  }
  return {
    read: async (name) => held.get(name),
    async open(name) {
      const bytes = held.get(name);
      const read = async function* (start: number, end: number) {
        yield bytes!.subarray(start, end);
      };
      return bytes && { name, bytes: bytes.byteLength, read };
    },
  };
}

const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

/** What is there, or undefined where the file is absent. */
async function ifPresent<T>(found: Promise<T>, path: string): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw new InvalidInputError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The JSON object that a file of a checkpoint holds. Throws `UnsupportedModelError` when it holds none. */
export function parseModelJson(bytes: Uint8Array, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new UnsupportedModelError(`${name} of the checkpoint is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  throw new UnsupportedModelError(`${name} of the checkpoint is not a JSON object; use a Hugging Face checkpoint`);
}
