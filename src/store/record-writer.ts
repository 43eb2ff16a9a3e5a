import type { Store } from './store.ts';

/** Writes an object piece by piece, whole or not at all. */
export interface RecordWriter {
  /** Bytes that were taken so far: where the next text begins. */
  readonly bytes: number;
  /** Takes a text. The promise, if there is one, is to be awaited before the next. */
  write(text: string): Promise<unknown> | undefined;
  end(): Promise<void>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

const CHUNK_CHARACTERS = 2 ** 18;
/** Chunks that may wait to be written. */
const WAITING = 4;

/** Opens an object for records that memory should not hold. */
export function openRecordWriter(store: Store, key: string): RecordWriter {
  const chunks: string[] = [];
  let state: 'open' | 'ended' | 'aborted' = 'open';
  let changed = Promise.withResolvers<void>();
  const notify = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  async function* source(): AsyncGenerator<Buffer> {
    while (true) {
      if (state === 'aborted') throw new Error('aborted');
      const chunk = chunks.shift();
      if (chunk !== undefined) {
        notify();
        yield Buffer.from(chunk);
      } else if (state === 'ended') return;
      else await changed.promise;
    }
  }
  const written = store.writeStream(key, source());
  // Whoever ends or aborts hears of it.
  written.catch(() => {});

  let pending: string[] = [];
  let characters = 0;
  let bytes = 0;
  const flush = () => {
    chunks.push(pending.join(''));
    pending = [];
    characters = 0;
    notify();
  };
  const drain = async () => {
    while (chunks.length >= WAITING) await Promise.race([changed.promise, written]);
  };
  return {
    get bytes() {
      return bytes;
    },
    write(text) {
      pending.push(text);
      characters += text.length;
      bytes += Buffer.byteLength(text);
      if (characters < CHUNK_CHARACTERS) return undefined;
      flush();
      return drain();
    },
    async end() {
      flush();
      state = 'ended';
      notify();
      await written;
    },
    async abort() {
      state = 'aborted';
      notify();
      await written.catch(() => {});
    },
  };
}
