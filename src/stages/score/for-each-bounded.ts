import { InterruptedError } from '../../schema/errors.ts';

/**
 * Calls `work` on every item as it comes, at most `limit` at a time. When the signal aborts it throws `InterruptedError`
 * at once; the first error of a call is thrown at once too. No further calls start then, those under way are left to end.
 */
export async function forEachBounded<T>(
  items: AsyncGenerator<T>,
  limit: number,
  signal: AbortSignal,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let count = 0;
  let isOver = false;
  const drain = async () => {
    while (!isOver) {
      const { done, value } = await items.next();
      if (done || isOver) return;
      const index = count;
      count += 1;
      await work(value, index);
    }
  };
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new InterruptedError(`stopped after item ${count}`));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await Promise.race([interrupted, Promise.all(Array.from({ length: limit }, drain))]);
  } finally {
    isOver = true;
    signal.removeEventListener('abort', onAbort);
    // Closes the source; where it is waiting for its next piece, that has to come first.
    items.return(undefined).catch(() => {});
  }
}
