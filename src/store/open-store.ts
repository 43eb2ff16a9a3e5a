import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '../schema/errors.ts';
import { createLocalStore } from './local-store.ts';
import type { Store } from './store.ts';

/** Opens the store a URI names: `file:///folder` or a plain path. Throws `InvalidInputError` on any other scheme. */
export function openStore(uri: string): Store {
  if (uri === '') throw new InvalidInputError('The store URI is empty; give file:///folder or a path');
  if (uri.startsWith('s3://')) {
    throw new InvalidInputError(`${uri}: S3 comes with the AWS store; give file:///folder or a path`);
  }
  if (uri.startsWith('file://')) return createLocalStore(fileURLToPath(uri));
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) {
    throw new InvalidInputError(`${uri} has an unknown scheme; give file:///folder or a path`);
  }
  return createLocalStore(uri);
}
