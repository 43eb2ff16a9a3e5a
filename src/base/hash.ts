import { createHash, type Hash } from 'node:crypto';

/** The sha256 of bytes, or of a text's UTF-8, as 64 hexadecimal digits. */
export function sha256Of(content: Uint8Array | string): string {
  return createSha256().update(content).digest('hex');
}

/** The sha256 of a value's JSON as hexadecimal digits: all 64, or the first so many where a short name will do. */
export function hashJson(value: unknown, digits = 64): string {
  return sha256Of(JSON.stringify(value)).slice(0, digits);
}

/** The first four bytes of `sha256Of(JSON.stringify(value))` as a whole number from 0 to 2^32 - 1, the lowest byte first. */
export function hashJsonToUint32(value: unknown): number {
  return createSha256().update(JSON.stringify(value)).digest().readUInt32LE(0);
}

/** A sha256 that has taken no bytes yet. */
export function createSha256(): Hash {
  return createHash('sha256');
}

/** A sha256 that has taken a stream to its end, and may take more. */
export async function hashStream(chunks: AsyncIterable<Uint8Array>): Promise<Hash> {
  const hash = createSha256();
  for await (const chunk of chunks) hash.update(chunk);
  return hash;
}
