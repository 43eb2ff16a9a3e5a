/**
 * Calls `work` on every item, at most `limit` at a time, and gives the results in order.
 * The first error is thrown once the calls under way have ended; no further ones start.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  let failure: { error: unknown } | undefined;
  const drain = async () => {
    for (const [index, item] of queue) {
      if (failure) return;
      try {
        results[index] = await work(item, index);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, drain));
  if (failure) throw failure.error;
  return results;
}
