import { mapBounded } from '../base/bounded.ts';
import type { ProcessMark } from '../base/process-mark.ts';
import { readBudgetStop } from '../launch/run-budget.ts';
import { findHolder } from '../local/run-lock.ts';
import type { BudgetCheck } from '../schema/budget.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import { RunSummary } from '../schema/evaluation.ts';
import { configKey, failureKey, RUN_ROOMS, RUNS, startedKey, summaryKey } from '../schema/keys.ts';
import { FailureRecord, StartRecord } from '../schema/stage-inputs.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** How a run stands. */
export type RunState =
  | { kind: 'done' }
  | { kind: 'running'; by: ProcessMark }
  | { kind: 'stopped'; at: BudgetCheck }
  | { kind: 'failed'; failure: FailureRecord }
  /** It was started and has no end, and no process of this machine works on it; on AWS a job may. */
  | { kind: 'unfinished' }
  /** Its records are those of another version, or damaged. */
  | { kind: 'unreadable'; because: string };

/** What a store tells of one of its runs. */
export interface ListedRun {
  runId: string;
  state: RunState;
  /** When it was first started. */
  startedAt?: string;
  /** By benchmark, by policy; of a run that is done. */
  accuracy: Record<string, Record<string, number>>;
  files: number;
  bytes: number;
}

const CONCURRENT_RUNS = 8;

/** The runs of a store, the newest first. What lies there of a run is counted, what it shares with others is not. */
export async function listRuns(store: Store): Promise<ListedRun[]> {
  const sizes = await measureRuns(store);
  const runs = await mapBounded(sizes, CONCURRENT_RUNS, async ([runId, size]) => ({
    ...(await describeRun(store, runId)),
    ...size,
  }));
  return runs.sort((left, right) => ((left.startedAt ?? '') < (right.startedAt ?? '') ? 1 : -1));
}

/** Files and bytes of every run by its id: what has no config, such as trajectories that outlived their run, is none. */
async function measureRuns(store: Store): Promise<Map<string, { files: number; bytes: number }>> {
  const sizes = new Map<string, { files: number; bytes: number }>();
  const known = new Set<string>();
  for (const room of RUN_ROOMS) {
    for (const [key, bytes] of await store.listSizes(room)) {
      const runId = key.slice(room.length).split('/')[0];
      if (room === RUNS && key === configKey(runId)) known.add(runId);
      const size = sizes.get(runId) ?? { files: 0, bytes: 0 };
      sizes.set(runId, { files: size.files + 1, bytes: size.bytes + bytes });
    }
  }
  return new Map([...sizes].filter(([runId]) => known.has(runId)));
}

/** A run but for its size. */
export async function describeRun(store: Store, runId: string): Promise<Omit<ListedRun, 'files' | 'bytes'>> {
  try {
    const [summary, started] = await Promise.all([
      readJsonIfPresent(store, summaryKey(runId), RunSummary),
      readJsonIfPresent(store, startedKey(runId), StartRecord),
    ]);
    const accuracy = summary ? accuracyOf(summary) : {};
    return { runId, state: await readState(store, runId, summary), startedAt: started?.startedAt, accuracy };
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    return { runId, state: { kind: 'unreadable', because: error.message }, accuracy: {} };
  }
}

async function readState(store: Store, runId: string, summary: RunSummary | undefined): Promise<RunState> {
  const by = await findHolder(store, runId);
  if (by) return { kind: 'running', by };
  if (summary) return { kind: 'done' };
  const at = await readBudgetStop(store, runId);
  if (at) return { kind: 'stopped', at };
  const failure = await readJsonIfPresent(store, failureKey(runId), FailureRecord);
  return failure ? { kind: 'failed', failure } : { kind: 'unfinished' };
}

function accuracyOf({ evaluation }: RunSummary): ListedRun['accuracy'] {
  return Object.fromEntries(
    Object.entries(evaluation).map(([benchmark, { policies }]) => [
      benchmark,
      Object.fromEntries(Object.entries(policies).map(([policy, { accuracy }]) => [policy, accuracy])),
    ]),
  );
}
