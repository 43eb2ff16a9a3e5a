import { decisionsKey, recordsKey, routesPrefix } from '../schema/keys.ts';
import { readIfPresent } from '../store/presence.ts';
import { encodeRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { decideShards, rerouteShards } from './decide-shards.ts';
import { countDecidedShards, openRun, readDiagnosis } from './read-diagnosis.ts';

/** What came of deciding a run anew. */
export interface Replay {
  runId: string;
  /** Prompts whose decisions were compared, up to the first difference. */
  prompts: number;
  /** Absent where every route and decision has the bytes that the run wrote. */
  difference?: Difference;
}

/** The first place where the run wrote something else than follows from its scores. */
export interface Difference {
  /** Of the file. */
  key: string;
  line: number;
  promptId?: string;
  /** The first field that differs; absent where a whole line is missing, or is one too many. */
  field?: string;
  stored?: unknown;
  recomputed?: unknown;
}

/**
 * Decides a run's routes and examples once more, from its stored scores, and compares with what it wrote, byte for byte.
 * Throws `InvalidInputError` where there is no such run, or nothing was decided yet.
 */
export async function replayRun(store: Store, runId: string): Promise<Replay> {
  const run = await openRun(store, runId);
  const shards = rerouteShards(run.config, readDiagnosis(run, await countDecidedShards(run)));
  let prompts = 0;
  for await (const { shard, selected, decisions } of decideShards(runId, run.config, shards)) {
    const written = [
      [recordsKey(routesPrefix(runId, shard)), selected.map(({ route }) => route)],
      [decisionsKey(runId, shard), decisions],
    ] as const;
    for (const [key, records] of written) {
      const stored = (await readIfPresent(store, key))?.toString('utf8') ?? '';
      const difference = findDifference(stored, encodeRecords(records));
      if (difference) return { runId, prompts, difference: { key, ...difference } };
    }
    prompts += decisions.length;
  }
  return { runId, prompts };
}

/** The first line of JSONL that differs, and the first of its fields that does. */
export function findDifference(stored: string, recomputed: string): Omit<Difference, 'key'> | undefined {
  if (stored === recomputed) return undefined;
  const [left, right] = [stored, recomputed].map((text) => text.split('\n'));
  const at = right.findIndex((text, index) => text !== left[index]);
  const line = at === -1 ? right.length : at + 1;
  const [own, expected] = [left, right].map((lines) => parseObject(lines[line - 1]));
  const promptId = (expected ?? own)?.promptId as string | undefined;
  if (!own || !expected) return { line, promptId };
  const field = Object.keys({ ...expected, ...own }).find(
    (key) => JSON.stringify(own[key]) !== JSON.stringify(expected[key]),
  );
  // Else other white space, or fields in another order.
  if (field === undefined) return { line, promptId };
  return { line, promptId, field, stored: own[field], recomputed: expected[field] };
}

/** The object of a line; undefined where it has none. */
function parseObject(line: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
