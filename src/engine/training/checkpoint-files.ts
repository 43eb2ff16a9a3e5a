import type { Variable } from '@tensorflow/tfjs-core';
import type { Optimizer } from '../optim/create-optimizer.ts';
import type { ReadModelFile } from '../weights/model-files.ts';
import { carrySettings } from '../weights/model-settings.ts';
import type { HostTensor } from '../weights/safetensors.ts';
import { encodeWeightFiles } from '../weights/weight-files.ts';

/** A file of a folder. */
export type NamedFile = [fileName: string, bytes: Uint8Array];

/** What each checkpoint takes over from the policy it was trained from. */
export async function readCarriedFiles(readFile: ReadModelFile): Promise<NamedFile[]> {
  const carried: NamedFile[] = [];
  for await (const file of carrySettings(readFile)) carried.push(file);
  return carried;
}

/** The files of a folder that `transformers` loads (weights in float32), with the optimizer's state; one at a time. */
export function* encodeCheckpoint(
  carried: readonly NamedFile[],
  weights: ReadonlyMap<string, Variable>,
  optimizer: Pick<Optimizer, 'state'>,
): Generator<NamedFile> {
  yield* carried;
  yield* encodeWeightFiles(toHost(weights));
  yield* encodeWeightFiles(optimizer.state(), 'optimizer');
}

function toHost(weights: ReadonlyMap<string, Variable>): Map<string, HostTensor> {
  return new Map(
    [...weights].map(([name, weight]) => [name, { shape: weight.shape, data: weight.dataSync<'float32'>() }]),
  );
}
