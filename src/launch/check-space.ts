import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunConfig } from '../schema/config/run-config.ts';
import { StorageError } from '../schema/errors.ts';
import { checkpointPrefix, manifestKey, sftCheckpointPrefix } from '../schema/keys.ts';
import { measuredIterations } from '../schema/measured-iterations.ts';
import type { Store } from '../store/store.ts';

/** What a run has yet to write of checkpoints, beside which all else is small. */
export interface SpaceNeed {
  /** Of the checkpoints that are kept. */
  checkpoints: number;
  /** Of those, and of what training goes on from, two at a time: the newer is written before the older is deleted. */
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
      `${need.checkpoints} checkpoints, and two at a time with their optimizer's state to go on from; ` +
      'make room, or give a --store on another disk',
  );
}

/**
 * Checkpoints hold each weight as float32; the optimizer's state, as many numbers as it keeps of each. Of two checkpoints to go
 * on from, and two iterations' states, the newer is written before the older is deleted; the last iteration leaves none.
 */
export async function estimateSpace(store: Store, runId: string, config: RunConfig): Promise<SpaceNeed> {
  // As in `prepareRun`: not with the command line.
  const { countStateNumbers } = await import('../algorithms/index.ts');
  const weights = 4 * (await countParameters(store, config.policy.model));
  const stateOf = (section: 'rl' | 'sft') => weights * countStateNumbers(config, section);
  const isMissing = async (prefix: string) => !(await store.exists(manifestKey(prefix)));
  const ofIterations = Array.from({ length: config.rl.iterations }, (_, iteration) =>
    checkpointPrefix(runId, iteration),
  );
  const iterations = (await Promise.all(ofIterations.map(isMissing))).filter(Boolean).length;
  const kept = Math.min(iterations, countPolicies(config));
  const sft = Number(await isMissing(sftCheckpointPrefix(runId)));
  const toGoOnFrom = Math.max(iterations && weights + stateOf('rl'), sft && weights + stateOf('sft'));
  const states = Math.min(2, Math.max(0, iterations - 1));
  return {
    checkpoints: kept + sft,
    bytes: (kept + sft) * weights + 2 * toGoOnFrom + states * stateOf('rl'),
  };
}

/**
 * RL policies that are there at once at most: those that are kept, those that are measured, and one that is written before
 * another goes.
 */
function countPolicies(config: RunConfig): number {
  const { rl, compute } = config;
  const { keepCheckpoints } = compute;
  if (keepCheckpoints === 'all') return rl.iterations;
  return Math.max(keepCheckpoints, rl.pipelined ? 2 : 1) + 1 + measuredIterations(config).length;
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
