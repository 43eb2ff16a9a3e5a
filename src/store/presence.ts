import { AlreadyExistsError, NotFoundError } from '../schema/errors.ts';
import type { Store } from './store.ts';

/** Writes where nothing is yet, and says whether it did: of several writers the first one counts. */
export async function writeIfAbsent(
  store: Pick<Store, 'write'>,
  key: string,
  bytes: Uint8Array | string,
): Promise<'written' | 'present'> {
  try {
    await store.write(key, bytes, { ifAbsent: true });
    return 'written';
  } catch (error) {
    if (error instanceof AlreadyExistsError) return 'present';
    throw error;
  }
}

/** The object under a key, or undefined where the store holds none. */
export async function readIfPresent(store: Pick<Store, 'read'>, key: string): Promise<Buffer | undefined> {
  try {
    return await store.read(key);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
