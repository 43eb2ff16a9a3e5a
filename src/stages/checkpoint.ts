import { z } from 'zod';
import type { OptimizerState, Training } from '../engine/open-engine.ts';
import { manifestKey } from '../schema/keys.ts';
import { storedModelFiles } from '../store/model-files.ts';
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
export type Trained = Pick<Training<object>, 'files' | 'state' | 'stepCount'>;

/** Files of what training goes on from, beside the policy's, one at a time. */
export function* stateFiles(trained: Trained, seed: number): Generator<[name: string, content: Content]> {
  yield* trained.state();
  const state: TrainerState = { stepCount: trained.stepCount, seed };
  yield [STATE_NAME, `${JSON.stringify(state, null, 2)}\n`];
}

/** The state that lies in a folder. */
export async function readState(store: Store, prefix: string): Promise<OptimizerState> {
  const { stepCount } = await readJson(store, `${prefix}${STATE_NAME}`, TrainerState);
  return { files: storedModelFiles(store, prefix), stepCount };
}

/** Folders below the prefix that hold a checkpoint written to its end, which its manifest says, sorted. */
export async function listWholeCheckpoints(store: Store, prefix: string): Promise<string[]> {
  const [keys, name] = [await store.list(prefix), manifestKey('')];
  return keys.filter((key) => key.endsWith(`/${name}`)).map((key) => key.slice(0, -name.length));
}
