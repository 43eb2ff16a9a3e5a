import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError, UnsupportedModelError } from '../../schema/errors.ts';

/**
 * A reader of the files of a checkpoint folder in Hugging Face layout; `undefined` when the folder has no such file.
 */
export type ReadModelFile = (name: string) => Promise<Uint8Array | undefined>;

/** Reads a checkpoint's files from a local folder. */
export function folderModelFiles(folder: string): ReadModelFile {
  return async (name) => {
    try {
      return await readFile(join(folder, name));
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw new InvalidInputError(`${join(folder, name)} cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
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
