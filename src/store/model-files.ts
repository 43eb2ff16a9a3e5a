import { NotFoundError } from '../schema/errors.ts';
import type { Store } from './store.ts';

/** Reads a checkpoint's files from a folder of the store; `undefined` when the folder has no such file. */
export function storedModelFiles(store: Store, prefix: string): (name: string) => Promise<Buffer | undefined> {
  return async (name) => {
    try {
      return await store.read(`${prefix}${name}`);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  };
}
