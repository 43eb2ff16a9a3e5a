import type { Variable } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { AdamW } from '../engine/optim/adamw.ts';
import { carrySettings } from '../engine/weights/model-settings.ts';
import type { HostTensor } from '../engine/weights/safetensors.ts';
import { encodeWeightFiles, loadWeightFiles } from '../engine/weights/weight-files.ts';
import { readJson } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { storedModelFiles } from './stored-policy.ts';

/** What a trainer needs to go on, besides weights and moments. */
export const TrainerState = z.object({
  stepCount: z.int().nonnegative().describe('optimizer steps taken'),
  seed: z.int().nonnegative().describe('of the run; every shuffle derives from it'),
});
export type TrainerState = z.infer<typeof TrainerState>;

const STATE_NAME = 'trainer-state.json';

/** A trained policy on its way to the store. */
export interface Checkpoint {
  /** Folder of the policy it was trained from. */
  sourcePrefix: string;
  weights: ReadonlyMap<string, Variable>;
  optimizer: AdamW;
  state: TrainerState;
}

/**
 * Writes a folder that `transformers` loads (weights in float32) with the optimizer's state beside them.
 * `trainer-state.json` comes last: a folder that has it is whole.
 */
export async function saveCheckpoint(
  store: Store,
  write: (key: string, bytes: Uint8Array | string) => Promise<void>,
  prefix: string,
  { sourcePrefix, weights, optimizer, state }: Checkpoint,
): Promise<void> {
  const settings = carrySettings(storedModelFiles(store, sourcePrefix));
  for await (const [name, bytes] of settings) await write(`${prefix}${name}`, bytes);
  for (const [name, bytes] of encodeWeightFiles(toHost(weights))) await write(`${prefix}${name}`, bytes);
  for (const [name, bytes] of encodeWeightFiles(optimizer.state(), 'optimizer')) await write(`${prefix}${name}`, bytes);
  await write(`${prefix}${STATE_NAME}`, `${JSON.stringify(state, null, 2)}\n`);
}

/** Restores the moments and the step count that a checkpoint folder holds. */
export async function restoreOptimizer(store: Store, prefix: string, optimizer: AdamW): Promise<TrainerState> {
  const state = await readJson(store, `${prefix}${STATE_NAME}`, TrainerState);
  optimizer.restore(await loadWeightFiles(storedModelFiles(store, prefix), 'optimizer'), state.stepCount);
  return state;
}

/** Folders below the prefix that hold a checkpoint written to its end, sorted. */
export async function listWholeCheckpoints(store: Store, prefix: string): Promise<string[]> {
  const keys = await store.list(prefix);
  return keys.filter((key) => key.endsWith(`/${STATE_NAME}`)).map((key) => key.slice(0, -STATE_NAME.length));
}

function toHost(weights: ReadonlyMap<string, Variable>): Map<string, HostTensor> {
  return new Map(
    [...weights].map(([name, weight]) => [name, { shape: weight.shape, data: weight.dataSync<'float32'>() }]),
  );
}
