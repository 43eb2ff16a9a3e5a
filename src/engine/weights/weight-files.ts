import { z } from 'zod';
import { CorruptRecordError, UnsupportedModelError } from '../../schema/errors.ts';
import { encodeSafetensors, type HostTensor, storedBytes, type TensorSource } from './encode-safetensors.ts';
import { type ModelFiles, parseModelJson } from './model-files.ts';
import { readTensorHeader, type StoredTensor } from './safetensors-header.ts';

/** The largest file, as `transformers` 4 splits weights. */
const MAX_SHARD_BYTES = 5e9;

export const indexName = (name: string) => `${name}.safetensors.index.json`;

/**
 * Finds the weights of a checkpoint folder: in `<name>.safetensors`, or in the shards `<name>.safetensors.index.json`
 * names. No values are read.
 *
 * @throws UnsupportedModelError no weights, or a shard is missing
 * @throws CorruptRecordError a broken file, or shards that do not hold what the index promises
 */
export async function openWeightFiles(files: ModelFiles, name = 'model'): Promise<Map<string, StoredTensor>> {
  const single = await files.open(`${name}.safetensors`);
  if (single) return readTensorHeader(single);
  const indexFile = indexName(name);
  const fileOf = await readWeightMap(files, name);
  const weights = new Map<string, StoredTensor>();
  for (const fileName of [...new Set(Object.values(fileOf))].sort()) {
    const file = await files.open(fileName);
    if (!file) throw new UnsupportedModelError(`${indexFile} names ${fileName}, which is not there; download it`);
    for (const [name, tensor] of await readTensorHeader(file)) weights.set(name, tensor);
  }
  const missing = Object.keys(fileOf).find((name) => !weights.has(name));
  if (missing) {
    throw new CorruptRecordError(`${fileOf[missing]} lacks ${missing}, which ${indexFile} promises; download it again`);
  }
  return weights;
}

async function readWeightMap(files: ModelFiles, name: string): Promise<Record<string, string>> {
  const indexFile = indexName(name);
  const index = await files.read(indexFile);
  if (!index) {
    throw new UnsupportedModelError(
      `the checkpoint has neither ${name}.safetensors nor ${indexFile}; give a Hugging Face folder with safetensors weights`,
    );
  }
  const parsed = z.object({ weight_map: z.record(z.string(), z.string()) }).safeParse(parseModelJson(index, indexFile));
  if (!parsed.success) {
    throw new CorruptRecordError(`${indexFile} has no weight_map of names to files; download it again`);
  }
  const { weight_map: fileOf } = parsed.data;
  const stray = Object.values(fileOf).find((file) => !/^[^/\\\0]+\.safetensors$/.test(file));
  if (stray === undefined) return fileOf;
  throw new CorruptRecordError(
    `${indexFile} names ${JSON.stringify(stray)}, which is no safetensors file of its own folder; put the weights beside it`,
  );
}

/**
 * The files that hold tensors as float32: `<name>.safetensors`, or, where that would be too large for one file,
 * shards and their index as Hugging Face names them. Their bytes come some at a time, file after file.
 */
export function* encodeWeightFiles(
  tensors: ReadonlyMap<string, HostTensor | TensorSource>,
  name = 'model',
  maxShardBytes = MAX_SHARD_BYTES,
): Generator<[fileName: string, bytes: Iterable<Uint8Array>]> {
  const shards = splitIntoShards(tensors, maxShardBytes);
  if (shards.length === 1) {
    yield [`${name}.safetensors`, encodeSafetensors(tensors)];
    return;
  }
  const weightMap: Record<string, string> = {};
  let totalSize = 0;
  for (const [index, shard] of shards.entries()) {
    const fileName = `${name}-${pad(index + 1)}-of-${pad(shards.length)}.safetensors`;
    for (const [tensorName, tensor] of shard) {
      weightMap[tensorName] = fileName;
      totalSize += storedBytes(tensor);
    }
    yield [fileName, encodeSafetensors(shard)];
  }
  const index = { metadata: { total_size: totalSize }, weight_map: weightMap };
  yield [indexName(name), [new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`)]];
}

const pad = (value: number) => String(value).padStart(5, '0');

/** Splits into at least one shard; a tensor larger than a shard has one of its own. */
function splitIntoShards<T extends HostTensor | TensorSource>(
  tensors: ReadonlyMap<string, T>,
  maxShardBytes: number,
): Map<string, T>[] {
  const shards = [new Map<string, T>()];
  let shardBytes = 0;
  for (const [name, tensor] of tensors) {
    const bytes = storedBytes(tensor);
    if (shardBytes > 0 && shardBytes + bytes > maxShardBytes) {
      shards.push(new Map());
      shardBytes = 0;
    }
    shards.at(-1)!.set(name, tensor);
    shardBytes += bytes;
  }
  return shards;
}
