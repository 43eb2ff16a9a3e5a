import { z } from 'zod';
import type { Training } from '../engine/open-engine.ts';
import { manifestKey } from '../schema/keys.ts';
import { readJson } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Content } from '../store/write-content.ts';

/** What a trainer needs to go on, besides weights and the optimizer's state. */
export const TrainerState = z.object({
  stepCount: z.int().nonnegative().describe('optimizer steps taken'),
  seed: z.int().nonnegative().describe('of the run; every shuffle derives from it'),
});
export type TrainerState = z.infer<typeof TrainerState>;

const STATE_NAME = 'trainer-state.json';

/** A policy on its way to the store. */
export type Trained = Pick<Training<object>, 'files' | 'stepCount'>;

/** Files of a folder that `transformers` loads, with the optimizer's state beside it, one at a time. */
export function* checkpointFiles(trained: Trained, seed: number): Generator<[name: string, content: Content]> {
  yield* trained.files();
  const state: TrainerState = { stepCount: trained.stepCount, seed };
  yield [STATE_NAME, `${JSON.stringify(state, null, 2)}\n`];
}

/** Optimizer steps behind a checkpoint folder. */
export async function readStepCount(store: Store, prefix: string): Promise<number> {
  return (await readJson(store, `${prefix}${STATE_NAME}`, TrainerState)).stepCount;
}

/** Folders below the prefix that hold a checkpoint written to its end, which its manifest says, sorted. */
export async function listWholeCheckpoints(store: Store, prefix: string): Promise<string[]> {
  const [keys, name] = [await store.list(prefix), manifestKey('')];
  return keys.filter((key) => key.endsWith(`/${name}`)).map((key) => key.slice(0, -name.length));
}
