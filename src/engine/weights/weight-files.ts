import { z } from 'zod';
import { CorruptRecordError, UnsupportedModelError } from '../../schema/errors.ts';
import { parseModelJson, type ReadModelFile } from './model-files.ts';
import { encodeSafetensors, type HostTensor, readSafetensors } from './safetensors.ts';

/** The largest file, under what one read or write call takes (2 GiB). */
const MAX_SHARD_BYTES = 1.8e9;

const indexName = (name: string) => `${name}.safetensors.index.json`;

/**
 * The weights of a checkpoint folder: `<name>.safetensors`, or the shards `<name>.safetensors.index.json` names.
 *
 * @throws UnsupportedModelError no weights, or a shard is missing
 * @throws CorruptRecordError a broken file, or shards that do not hold what the index promises
 */
export async function loadWeightFiles(readFile: ReadModelFile, name = 'model'): Promise<Map<string, HostTensor>> {
  const singleFile = `${name}.safetensors`;
  const single = await readFile(singleFile);
  if (single) return readSafetensors(single, singleFile);
  const indexFile = indexName(name);
  const index = await readFile(indexFile);
  if (!index) {
    throw new UnsupportedModelError(
      `the checkpoint has neither ${singleFile} nor ${indexFile}; give a Hugging Face folder with safetensors weights`,
    );
  }
  const weightMap = z
    .object({ weight_map: z.record(z.string(), z.string()) })
    .safeParse(parseModelJson(index, indexFile));
  if (!weightMap.success) {
    throw new CorruptRecordError(`${indexFile} has no weight_map of names to files; download it again`);
  }
  const fileOf = weightMap.data.weight_map;
  const weights = new Map<string, HostTensor>();
  for (const file of [...new Set(Object.values(fileOf))].sort()) {
    const bytes = await readFile(file);
    if (!bytes) throw new UnsupportedModelError(`${indexFile} names ${file}, which is not there; download it`);
    for (const [name, tensor] of readSafetensors(bytes, file)) weights.set(name, tensor);
  }
  const missing = Object.keys(fileOf).find((name) => !weights.has(name));
  if (missing) {
    throw new CorruptRecordError(`${fileOf[missing]} lacks ${missing}, which ${indexFile} promises; download it again`);
  }
  return weights;
}

/**
 * The files that hold tensors as float32: `<name>.safetensors`, or, where that would be too large for one file,
 * shards and their index as Hugging Face names them. One file's bytes at a time.
 */
export function* encodeWeightFiles(
  tensors: ReadonlyMap<string, HostTensor>,
  name = 'model',
  maxShardBytes = MAX_SHARD_BYTES,
): Generator<[fileName: string, bytes: Uint8Array]> {
  const shards = splitIntoShards(tensors, maxShardBytes);
  if (shards.length === 1) {
    yield [`${name}.safetensors`, encodeSafetensors(tensors)];
    return;
  }
  const weightMap: Record<string, string> = {};
  let totalSize = 0;
  for (const [index, shard] of shards.entries()) {
    const fileName = `${name}-${pad(index + 1)}-of-${pad(shards.length)}.safetensors`;
    for (const [tensorName, { data }] of shard) {
      weightMap[tensorName] = fileName;
      totalSize += data.byteLength;
    }
    yield [fileName, encodeSafetensors(shard)];
  }
  const index = { metadata: { total_size: totalSize }, weight_map: weightMap };
  yield [indexName(name), new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`)];
}

const pad = (value: number) => String(value).padStart(5, '0');

/** Splits into at least one shard; a tensor larger than a shard has one of its own. */
function splitIntoShards(tensors: ReadonlyMap<string, HostTensor>, maxShardBytes: number): Map<string, HostTensor>[] {
  const shards = [new Map<string, HostTensor>()];
  let shardBytes = 0;
  for (const [name, tensor] of tensors) {
    if (shardBytes > 0 && shardBytes + tensor.data.byteLength > maxShardBytes) {
      shards.push(new Map());
      shardBytes = 0;
    }
    shards.at(-1)!.set(name, tensor);
    shardBytes += tensor.data.byteLength;
  }
  return shards;
}
