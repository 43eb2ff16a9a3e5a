import { InvalidInputError } from '../schema/errors.ts';

/**
 * Refuses keys that mean different things to different drivers, or that leave the store:
 * a key is segments joined by `/`, none of them empty, `.` or `..`, with no backslash and no NUL.
 */
export function assertKey(key: string): void {
  const isUnsafe = (segment: string) => segment === '' || segment === '.' || segment === '..';
  if (key.includes('\\') || key.includes('\0') || key.split('/').some(isUnsafe)) {
    throw new InvalidInputError(
      `${JSON.stringify(key)} is no store key; use segments joined by "/", without "." or ".."`,
    );
  }
}
