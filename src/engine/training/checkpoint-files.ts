import type { Adapter } from '../adapters/adapter.ts';
import { encodeAdapter } from '../adapters/encode-adapter.ts';
import type { Architecture } from '../models/architecture.ts';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import type { Optimizer } from '../optim/create-optimizer.ts';
import type { Executor } from '../runtime/executor.ts';
import type { TensorSource } from '../weights/encode-safetensors.ts';
import type { ReadModelFile } from '../weights/model-files.ts';
import { carrySettings } from '../weights/model-settings.ts';
import { variableSources } from '../weights/variable-sources.ts';
import { encodeWeightFiles } from '../weights/weight-files.ts';

/** A file of a folder, whole or, where memory should not hold it, some bytes at a time. */
export type NamedFile = [fileName: string, bytes: Uint8Array | Iterable<Uint8Array>];

/** What each checkpoint takes over from the policy it was trained from. */
export async function readCarriedFiles(readFile: ReadModelFile): Promise<NamedFile[]> {
  const carried: NamedFile[] = [];
  for await (const file of carrySettings(readFile)) carried.push(file);
  return carried;
}

/** The files of a folder that `transformers` loads (weights in float32), with the optimizer's state; one at a time. */
export function* encodeCheckpoint(
  carried: readonly NamedFile[],
  weights: ReadonlyMap<string, TensorSource>,
  optimizer: Pick<Optimizer, 'state'>,
): Generator<NamedFile> {
  yield* carried;
  yield* encodeWeightFiles(weights);
  yield* encodeWeightFiles(optimizer.state(), 'optimizer');
}

/** The files of an adapter that PEFT loads, with the optimizer's state: what it stands beside is not copied. */
export function* encodeAdapterCheckpoint(
  adapter: Adapter,
  weights: ReadonlyMap<string, TensorSource>,
  architecture: Architecture,
  optimizer: Pick<Optimizer, 'state'>,
): Generator<NamedFile> {
  yield* encodeAdapter(adapter, weights, architecture);
  yield* encodeWeightFiles(optimizer.state(), 'optimizer');
}

/** Weights as their executor has them now, each read when it is asked for. */
export function currentWeights(
  executor: Executor,
  { weights }: Pick<VisionLanguageModel, 'weights'>,
): Map<string, TensorSource> {
  const variables = new Map([...weights].map(([name, weight]) => [name, executor.adopt(weight)]));
  return variableSources(executor, variables);
}
