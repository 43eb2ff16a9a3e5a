import { z } from 'zod';
import { mapBounded } from '../base/bounded.ts';
import { readState } from '../report/site/read-state.ts';
import { BenchmarkResult } from '../schema/evaluation.ts';
import { startedKey, summaryKey } from '../schema/keys.ts';
import { type LiveRun, SILENT_SECONDS } from '../schema/live-run.ts';
import { readJsonIfPresent, readStoredConfig } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { RunCondition, RunListing } from './live-data.ts';
import { readLive } from './live-record.ts';
import type { LiveSource, ObservedLive } from './live-source.ts';

const CONCURRENT_READS = 16;

/** Runs of a store, by what they say of themselves and have written. */
export function createStoreSource(store: Store, clock: () => number = Date.now): LiveSource {
  return {
    place: store.uri,
    store,
    async listRuns() {
      const listings = await mapBounded(await listRunIds(store), CONCURRENT_READS, (id) =>
        describeRun(store, id, clock()),
      );
      return listings.sort((left, right) => (right.startedAt ?? '').localeCompare(left.startedAt ?? ''));
    },
    observe: (runId) => observeStored(store, runId, clock()),
  };
}

async function observeStored(store: Store, runId: string, now: number): Promise<ObservedLive> {
  const config = await readStoredConfig(store, runId);
  const live = await readLive(store, runId);
  const condition = conditionOf(live, now);
  if (live && condition !== 'unknown' && condition !== 'failed') return { condition, live, links: [] };
  const state = await readState(store, runId, config);
  const known = { finished: 'done', failed: 'failed', stopped: 'stopped', unfinished: condition } as const;
  return {
    condition: known[state.kind],
    ...(state.kind !== 'finished' && { because: state.because }),
    ...(live && { live }),
    links: [],
  };
}

/** What a run's last word is worth now. */
export function conditionOf(live: LiveRun | undefined, now: number): RunCondition {
  if (!live) return 'unknown';
  const isOld = now - Date.parse(live.updatedAt) > SILENT_SECONDS * 1000;
  return live.status === 'running' && isOld ? 'silent' : live.status;
}

async function listRunIds(store: Store): Promise<string[]> {
  const names = (await store.list('runs/')).map((key) => /^runs\/([^/]+)\/config\.json$/.exec(key)?.[1]);
  return names.filter((name) => name !== undefined);
}

const Started = z.object({ startedAt: z.iso.datetime() });
/** Of a summary, what the list tells; one of other code may lack it. */
const Summary = z.looseObject({ evaluation: z.record(z.string(), BenchmarkResult) });

async function describeRun(store: Store, runId: string, now: number): Promise<RunListing> {
  const live = await readLive(store, runId).catch(() => undefined);
  const summary = await readJsonIfPresent(store, summaryKey(runId), Summary).catch(() => undefined);
  const started = await readJsonIfPresent(store, startedKey(runId), Started).catch(() => undefined);
  const [result] = Object.values(summary?.evaluation ?? {});
  const accuracyOf = (policy: string) => result?.policies[policy]?.accuracy;
  const running = live?.states.findLast(({ status }) => status === 'running')?.state;
  const condition = conditionOf(live, now);
  return {
    runId,
    condition: summary && condition !== 'running' ? 'done' : condition,
    ...((live ?? started) && { startedAt: (live ?? started)!.startedAt }),
    ...(condition === 'running' && running && { state: running }),
    ...(result && { accuracy: { base: accuracyOf('base'), rl: accuracyOf('rl'), rise: accuracyOf('rise') } }),
  };
}
