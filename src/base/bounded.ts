/**
 * Calls `work` on every item as it comes, at most `limit` at a time, and gives the results in the order of the items.
 * The first error, of a call or of the source, is thrown once the calls under way have ended; no further ones start.
 * When the signal aborts its reason is thrown at once: what is under way is left to end. The source is closed in any case.
 */
export async function mapBounded<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([aborted, callAll(items, limit, work, aborted)]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

async function callAll<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T, index: number) => Promise<R>,
  aborted: Promise<never>,
): Promise<R[]> {
  const results: R[] = [];
  const underWay = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  let count = 0;
  const call = async (item: T, index: number) => {
    try {
      results[index] = await work(item, index);
    } catch (error) {
      failure ??= { error };
    }
  };
  try {
    for await (const item of items) {
      const calling = call(item, count++).finally(() => underWay.delete(calling));
      underWay.add(calling);
      if (underWay.size >= limit) await Promise.race([aborted, ...underWay]);
      if (failure) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure) throw failure.error;
  return results;
}

/** Yields the results of `work` in the order of the items, working ahead on at most `limit` of them. */
export async function* streamBounded<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const ahead: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever reads on hears of an error in its turn.
    result.catch(() => {});
    ahead.push(result);
    if (ahead.length >= limit) yield await ahead.shift()!;
  }
  for (const result of ahead) yield await result;
}
