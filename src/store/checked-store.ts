import { createSha256, sha256Of } from '../base/hash.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import type { ManifestPart } from '../schema/manifest.ts';
import { hashRanges } from './range-check.ts';
import type { Store } from './store.ts';

/** What an object's bytes must be, and who says so. */
interface Promised {
  bytes?: number;
  sha256: string;
  source: string;
  remedy: string;
}

/**
 * A store that gives parts of finished work only as their manifests describe them, and images only as they are named:
 * `CorruptRecordError` names what was changed since. A stream throws at its end; before a single range is read, the whole is hashed
 * once, and what is read in ranges alone (`checkRanges`) is hashed as it passes.
 */
export function createCheckedStore(store: Store, parts: readonly ManifestPart[]): Store {
  const partOf = new Map(parts.map((part) => [part.key, part]));
  const promisedOf = (key: string) => describePart(partOf.get(key)) ?? describeImage(key);
  const checks = new Map<string, Promise<void>>();

  return {
    uri: store.uri,
    copy: (from, to) => store.copy(from, to),
    exists: (key) => store.exists(key),
    sizeOf: (key) => store.sizeOf(key),
    stampOf: (key) => store.stampOf(key),
    // Whoever reads a file itself would not see that it was changed.
    pathOf: (key) => (promisedOf(key) ? undefined : store.pathOf?.(key)),
    list: (prefix) => store.list(prefix),
    listSizes: (prefix) => store.listSizes(prefix),
    delete: (key) => store.delete(key),
    write: (key, bytes, options) => store.write(key, bytes, options),
    writeStream: (key, source) => store.writeStream(key, source),

    async read(key) {
      const bytes = await store.read(key);
      const promised = promisedOf(key);
      if (promised) assertKept(key, promised, bytes.byteLength, () => sha256Of(bytes));
      return bytes;
    },

    async *readStream(key, range) {
      const promised = promisedOf(key);
      if (promised === undefined) return yield* store.readStream(key, range);
      if (range === undefined) return yield* checkStream(key, promised, store.readStream(key));
      if (!checks.has(key)) checks.set(key, drain(checkStream(key, promised, store.readStream(key))));
      await checks.get(key);
      yield* store.readStream(key, range);
    },

    checkRanges(key) {
      const promised = promisedOf(key);
      if (promised === undefined) return undefined;
      const ranges = hashRanges((range) => store.readStream(key, range));
      return {
        read: ranges.read,
        async verify() {
          const bytes = (await store.sizeOf(key)) ?? 0;
          assertBytes(key, promised, bytes);
          const hash = await ranges.finish(bytes);
          assertKept(key, promised, bytes, () => hash.digest('hex'));
        },
      };
    },
  };
}

/** Reads parts of finished work to their end. Throws `CorruptRecordError` that names one which was changed. */
export async function assertPartsKept(store: Store, parts: readonly ManifestPart[]): Promise<void> {
  const checked = createCheckedStore(store, parts);
  for (const { key } of parts) await drain(checked.readStream(key));
}

async function* checkStream(
  key: string,
  promised: Promised,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  const hash = createSha256();
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    yield chunk;
  }
  assertKept(key, promised, bytes, () => hash.digest('hex'));
}

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

function describePart(part: ManifestPart | undefined): Promised | undefined {
  if (part === undefined) return undefined;
  const folder = part.key.slice(0, part.key.lastIndexOf('/') + 1);
  return { ...part, source: 'its manifest says', remedy: `put the file back, or delete ${folder} and run again` };
}

function describeImage(key: string): Promised | undefined {
  const sha256 = /^images\/([0-9a-f]{64})\.\w+$/.exec(key)?.[1];
  const remedy = "put the image back, or delete it and the run's prompts/ and run again";
  return sha256 === undefined ? undefined : { sha256, source: 'its name says', remedy };
}

function assertBytes(key: string, { bytes: promised, source, remedy }: Promised, bytes: number): void {
  if (promised === undefined || promised === bytes) return;
  throw new CorruptRecordError(`${key} has ${bytes} bytes, ${source} ${promised}; ${remedy}`);
}

function assertKept(key: string, promised: Promised, bytes: number, digest: () => string): void {
  assertBytes(key, promised, bytes);
  const { source, remedy } = promised;
  const sha256 = digest();
  if (sha256 === promised.sha256) return;
  throw new CorruptRecordError(`${key} was changed: its sha256 is ${sha256}, ${source} ${promised.sha256}; ${remedy}`);
}
