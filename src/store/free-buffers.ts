import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that may pass before the buffers they came in are freed. */
const BYTES_BETWEEN = 16 * 1024 * 1024;

type CollectGarbage = (options: { type: 'minor' }) => void;
let collectGarbage: CollectGarbage | undefined;

/**
 * Passes a stream on and frees the buffers that are done with. By itself V8 counts them late, as they lie outside its
 * heap: a stream of any length then takes 60 to 120 MB, the more the busier the machine.
 */
export async function* freeBuffers<T extends Uint8Array>(chunks: AsyncIterable<T>): AsyncGenerator<T> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes >= BYTES_BETWEEN) {
      bytes = 0;
      collectGarbage ??= exposeGarbageCollection();
      collectGarbage({ type: 'minor' });
    }
    yield chunk;
  }
}

/** Node's `--expose-gc`, for contexts made from now on: this one, thrown away at once. */
function exposeGarbageCollection(): CollectGarbage {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as CollectGarbage;
}
