import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '../schema/errors.ts';
import { createLocalStore } from './local-store.ts';
import { createS3Store } from './s3-store.ts';
import type { Store } from './store.ts';

const FORMS = 'give s3://bucket/prefix, file:///folder or a path';

/**
 * Opens the store a URI names: `s3://bucket`, `s3://bucket/prefix`, `file:///folder` or a plain path.
 * Throws `InvalidInputError` on any other scheme.
 */
export function openStore(uri: string): Store {
  if (uri === '') throw new InvalidInputError(`The store URI is empty; ${FORMS}`);
  if (uri.startsWith('s3://')) return openBucket(uri);
  if (uri.startsWith('file://')) return createLocalStore(fileURLToPath(uri));
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) {
    throw new InvalidInputError(`${uri} has an unknown scheme; ${FORMS}`);
  }
  return createLocalStore(uri);
}

/** Slashes at the end mean nothing, as with a folder. */
function openBucket(uri: string): Store {
  const [bucket, ...segments] = uri.slice('s3://'.length).replace(/\/+$/, '').split('/');
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return createS3Store(bucket, segments.join('/'));
  throw new InvalidInputError(`${uri} names no bucket: ${JSON.stringify(bucket)} cannot be one; ${FORMS}`);
}
