import { hashJsonToUint32 } from './hash.ts';

/**
 * A 32-bit seed that depends on its parts alone, never on workers, shards or batches:
 * the first four bytes of `sha256(JSON.stringify(parts))`.
 */
export function deriveSeed(...parts: (string | number)[]): number {
  return hashJsonToUint32(parts);
}
