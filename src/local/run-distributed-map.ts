import { z } from 'zod';
import { mapBounded } from '../base/bounded.ts';
import { NotFoundError } from '../schema/errors.ts';
import type { Store } from '../store/store.ts';
import type { MapSettings } from './adapt-definition.ts';
import type { Json } from './definition.ts';
import { StepFunctionsError } from './local-errors.ts';

/** Parameters of an `ItemReader` on S3. */
const ReaderParameters = z.object({ Key: z.string() });

/**
 * Runs a child machine per item of a JSON array on the store, and gives the results of those that succeeded.
 * Fails as Step Functions does once more children have failed than the map tolerates: no further ones start then.
 */
export async function runDistributedMap(
  store: Store,
  task: { state: string; map: MapSettings },
  parameters: unknown,
  runChild: (item: Json) => Promise<Json>,
): Promise<Json[]> {
  const { Key } = ReaderParameters.parse(parameters);
  const items = await readItems(store, Key, task.state);
  let failures = 0;
  const results = await mapBounded(items, task.map.maxConcurrency, async (item, index) => {
    try {
      return { output: await runChild(item) };
    } catch (cause) {
      failures++;
      if (isTolerated(failures, items.length, task.map)) return undefined;
      throw new StepFunctionsError(
        'States.ExceedToleratedFailureThreshold',
        `${task.state}: item ${index} of ${Key} failed: ${describeError(cause)}`,
        { cause },
      );
    }
  });
  return results.flatMap((result) => (result ? [result.output] : []));
}

/** Whether a Map bears its failures: each threshold that is given must hold; where none is, no failure is tolerated. */
function isTolerated(failures: number, items: number, map: MapSettings): boolean {
  const { toleratedFailureCount, toleratedFailurePercentage } = map;
  if (toleratedFailureCount === undefined && toleratedFailurePercentage === undefined) return false;
  const percentage = (failures / items) * 100;
  return failures <= (toleratedFailureCount ?? failures) && percentage <= (toleratedFailurePercentage ?? percentage);
}

async function readItems(store: Store, key: string, state: string): Promise<Json[]> {
  try {
    return z.array(z.json()).parse(JSON.parse((await store.read(key)).toString('utf8'))) as Json[];
  } catch (cause) {
    const isUnreadable = cause instanceof NotFoundError || cause instanceof SyntaxError || cause instanceof z.ZodError;
    if (!isUnreadable) throw cause;
    throw new StepFunctionsError(
      'States.ItemReaderFailed',
      `${state}: ${key} holds no JSON array of items: ${cause.message}`,
      { cause },
    );
  }
}

const describeError = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
