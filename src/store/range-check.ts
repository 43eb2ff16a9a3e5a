import type { Hash } from 'node:crypto';
import { createSha256 } from '../base/hash.ts';
import type { ByteRange } from './store.ts';

/** Bytes that wait for their turn to be hashed, at most: of eight requests of 32 MB the slowest may be the first. */
const MOST_AHEAD = 2 ** 28;

/** Hashes an object in order while its ranges arrive in any. */
export interface RangeHash {
  read(start: number, end: number): AsyncIterable<Buffer>;
  /** Reads the rest of so many bytes, and gives the hash of all. */
  finish(bytes: number): Promise<Hash>;
}

export function hashRanges(readRange: (range: ByteRange) => AsyncIterable<Buffer>): RangeHash {
  const hash = createSha256();
  const ahead = new Map<number, Buffer>();
  let [asked, hashed, held] = [0, 0, 0];
  // Those who are ahead wait for one who has given up no longer.
  let isBroken = false;
  let progress = Promise.withResolvers<void>();

  function take(at: number, chunk: Buffer): void {
    ahead.set(at, chunk);
    held += chunk.byteLength;
    for (let next = ahead.get(hashed); next; next = ahead.get(hashed)) {
      hash.update(next);
      ahead.delete(hashed);
      held -= next.byteLength;
      hashed += next.byteLength;
    }
    announce();
  }

  function announce(): void {
    progress.resolve();
    progress = Promise.withResolvers();
  }

  async function* pass(from: number, start: number, end: number): AsyncGenerator<Buffer> {
    let at = from;
    try {
      for await (const chunk of readRange({ start: from, end })) {
        while (at !== hashed && held > MOST_AHEAD && !isBroken) await progress.promise;
        take(at, chunk);
        const asIs = chunk.subarray(Math.max(0, start - at));
        at += chunk.byteLength;
        if (asIs.byteLength > 0) yield asIs;
      }
    } finally {
      isBroken ||= at < end;
      announce();
    }
  }

  const read: RangeHash['read'] = (start, end) => {
    if (start < asked) throw new Error(`bytes ${start}..${asked} are asked for a second time; open the file again`);
    const from = asked;
    asked = end;
    return pass(from, start, end);
  };

  return {
    read,
    async finish(bytes) {
      for await (const _ of read(asked, bytes));
      return hash;
    },
  };
}
