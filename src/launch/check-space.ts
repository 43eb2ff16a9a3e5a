import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunConfig } from '../schema/config/run-config.ts';
import { StorageError } from '../schema/errors.ts';
import { checkpointPrefix, manifestKey, sftCheckpointPrefix } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';

/** What a run has yet to write of checkpoints, beside which all else is small. */
export interface SpaceNeed {
  /** Of the checkpoints that are kept. */
  checkpoints: number;
  /** Of those, and of the two that a stage goes on from: the newer is written before the older is deleted. */
  bytes: number;
}

/**
 * Makes sure that a store in a local folder has room for what a run has yet to write. Throws `StorageError` with the
 * figures where it has not.
 */
export async function checkSpace(store: Store, runId: string, config: RunConfig): Promise<void> {
  if (!store.uri.startsWith('file:')) return;
  const folder = fileURLToPath(store.uri);
  const need = await estimateSpace(store, runId, config);
  const free = await freeBytes(folder);
  if (need.bytes <= free) return;
  throw new StorageError(
    `${folder} has ${gigabytes(free)} free, and the run has yet to write about ${gigabytes(need.bytes)}: ` +
      `${need.checkpoints} checkpoints with their optimizer's state, and two at a time to go on from; ` +
      'make room, or give a --store on another disk',
  );
}

/** Checkpoints hold each weight as float32, and the optimizer's state in as many numbers. */
export async function estimateSpace(store: Store, runId: string, config: RunConfig): Promise<SpaceNeed> {
  // As in `prepareRun`: not with the command line.
  const { countStateNumbers } = await import('../algorithms/index.ts');
  const parameters = await countParameters(store, config.policy.model);
  const bytesOf = (section: 'rl' | 'sft') => 4 * parameters * (1 + countStateNumbers(config, section));
  const ofIteration = bytesOf('rl');
  const kept = [
    ...Array.from({ length: config.rl.iterations }, (_, iteration) => ({
      prefix: checkpointPrefix(runId, iteration),
      bytes: ofIteration,
    })),
    { prefix: sftCheckpointPrefix(runId), bytes: bytesOf('sft') },
  ];
  const isThere = await Promise.all(kept.map(({ prefix }) => store.exists(manifestKey(prefix))));
  const missing = kept.filter((_, index) => !isThere[index]).map(({ bytes }) => bytes);
  const largest = missing.reduce((most, bytes) => Math.max(most, bytes), 0);
  return { checkpoints: missing.length, bytes: missing.reduce((sum, bytes) => sum + bytes, 2 * largest) };
}

const BYTES_PER_VALUE: Readonly<Record<string, number>> = { F32: 4, BF16: 2, F16: 2 };
/** Enough of a header to see the type of the first weight, which nearly all share. */
const HEADER_BYTES = 4096;

/** Weights of a stored checkpoint, by the sizes of its files; 0 where it has none. */
async function countParameters(store: Store, model: string): Promise<number> {
  const files = (await store.list(model)).filter((key) => key.endsWith('.safetensors'));
  const counts = files.map(async (key) => {
    const chunks: Buffer[] = [];
    for await (const chunk of store.readStream(key, { start: 0, end: HEADER_BYTES })) chunks.push(chunk);
    const [, type = ''] = /"dtype":\s*"(\w+)"/.exec(Buffer.concat(chunks).toString('latin1')) ?? [];
    return ((await store.sizeOf(key)) ?? 0) / (BYTES_PER_VALUE[type] ?? 4);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Of the disk that holds the folder, or is to. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return freeBytes(dirname(folder));
  }
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
