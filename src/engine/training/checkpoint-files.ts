import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import type { Optimizer } from '../optim/create-optimizer.ts';
import type { Executor } from '../runtime/executor.ts';
import type { TensorSource } from '../weights/encode-safetensors.ts';
import { loadTensors } from '../weights/load-tensors.ts';
import type { ModelFiles, ReadModelFile } from '../weights/model-files.ts';
import { carrySettings } from '../weights/model-settings.ts';
import { variableSources } from '../weights/variable-sources.ts';
import { encodeWeightFiles, openWeightFiles } from '../weights/weight-files.ts';

/** A file of a folder, whole or, where memory should not hold it, some bytes at a time. */
export type NamedFile = [fileName: string, bytes: Uint8Array | Iterable<Uint8Array>];

/** What each checkpoint takes over from the policy it was trained from. */
export async function readCarriedFiles(readFile: ReadModelFile): Promise<NamedFile[]> {
  const carried: NamedFile[] = [];
  for await (const file of carrySettings(readFile)) carried.push(file);
  return carried;
}

/** The files of a folder that `transformers` loads (weights in float32); one at a time. */
export function* encodeCheckpoint(
  carried: readonly NamedFile[],
  weights: ReadonlyMap<string, TensorSource>,
): Generator<NamedFile> {
  yield* carried;
  yield* encodeWeightFiles(weights);
}

/** The files of an optimizer's state; one at a time. */
export function encodeOptimizer(optimizer: Pick<Optimizer, 'state'>): Iterable<NamedFile> {
  return encodeWeightFiles(optimizer.state(), 'optimizer');
}

/** Where an optimizer's state lies, and how many steps it has taken. */
export interface OptimizerState {
  files: ModelFiles;
  stepCount: number;
}

/** Has an optimizer go on from a state. */
export async function restoreOptimizer(
  optimizer: Pick<Optimizer, 'restore'>,
  { files, stepCount }: OptimizerState,
): Promise<void> {
  const state = await loadTensors(await openWeightFiles(files, 'optimizer'));
  optimizer.restore(state, stepCount);
  for (const numbers of state.values()) numbers.release();
}

/** Weights as their executor has them now, each read when it is asked for. */
export function currentWeights(
  executor: Executor,
  { weights }: Pick<VisionLanguageModel, 'weights'>,
): Map<string, TensorSource> {
  const variables = new Map([...weights].map(([name, weight]) => [name, executor.adopt(weight)]));
  return variableSources(executor, variables);
}
