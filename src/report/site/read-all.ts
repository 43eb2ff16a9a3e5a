import type { z } from 'zod';
import { NotFoundError } from '../../schema/errors.ts';
import { readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

/** The records of a file; none where the run has not come that far. */
export async function readAll<T>(store: Store, key: string, schema: z.ZodType<T>): Promise<T[]> {
  try {
    return await readRecords(store, key, schema);
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}
