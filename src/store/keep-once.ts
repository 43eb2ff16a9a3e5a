import type { z } from 'zod';
import type { TextCache } from './text-cache.ts';

/** Gives the value of a key: the kept one, the one under way, or a new one, which is kept. */
export type KeepOnce<T> = (key: string, make: () => Promise<T>) => Promise<T>;

/** What costs something is made once for each key, whoever asks at the same time or later. */
export function createKeepOnce<T>(cache: TextCache, schema: z.ZodType<T>): KeepOnce<T> {
  const underWay = new Map<string, Promise<T>>();
  const take = async (key: string, make: () => Promise<T>): Promise<T> => {
    const kept = await cache.read(key);
    if (kept !== undefined) return schema.parse(JSON.parse(kept));
    const made = await make();
    await cache.write(key, JSON.stringify(made));
    return made;
  };
  return (key, make) => {
    const taking = underWay.get(key) ?? take(key, make).finally(() => underWay.delete(key));
    underWay.set(key, taking);
    return taking;
  };
}
