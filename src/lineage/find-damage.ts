import { mapBounded } from '../base/bounded.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import { RunSummary } from '../schema/evaluation.ts';
import { manifestKey, reportPrefix, summaryKey } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { type Depth, findPartDamage, type PartDamage } from '../store/part-damage.ts';
import { readJson, readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { nameWork } from './finished-work.ts';

/** How something of a run is not what it was. */
export type Damage = PartDamage | { kind: 'unreadable'; key: string; fault: string };

/** A piece of a run that is not what it was when it was finished. */
export interface DamagedWork {
  /** Folder below the run, such as `iteration-000000/checkpoint/`. */
  work: string;
  /** The same on the store. */
  folder: string;
  damage: Damage[];
}

const CONCURRENT_WORK = 8;

/** What of a run is gone or changed, given the keys of its manifests. */
export async function findDamage(
  store: Store,
  runId: string,
  manifests: readonly string[],
  depth: Depth,
): Promise<DamagedWork[]> {
  const works = await mapBounded(manifests, CONCURRENT_WORK, async (key) => {
    const folder = key.slice(0, -manifestKey('').length);
    return { work: nameWork(runId, key), folder, damage: await examineWork(store, key, depth) };
  });
  const reported = manifests.includes(manifestKey(reportPrefix(runId)));
  const summary = { work: 'summary.json', folder: summaryKey(runId), damage: await examineSummary(store, runId) };
  return [...works, ...(reported ? [summary] : [])].filter(({ damage }) => damage.length > 0);
}

function examineWork(store: Store, key: string, depth: Depth): Promise<Damage[]> {
  return unlessUnreadable(key, async () => findPartDamage(store, (await readJson(store, key, Manifest)).parts, depth));
}

/** It is no part of the report: it tells how long the run took. */
function examineSummary(store: Store, runId: string): Promise<Damage[]> {
  const key = summaryKey(runId);
  return unlessUnreadable(key, async () =>
    (await readJsonIfPresent(store, key, RunSummary)) ? [] : [{ kind: 'missing', key }],
  );
}

async function unlessUnreadable(key: string, work: () => Promise<Damage[]>): Promise<Damage[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CorruptRecordError) return [{ kind: 'unreadable', key, fault: error.message }];
    throw error;
  }
}

/** Whether the same command makes it again by itself; else its folder must go first. */
export function isMadeAgain({ damage }: DamagedWork): boolean {
  return damage.every(({ kind }) => kind === 'missing' || kind === 'size');
}

/** A damage in words. */
export function describeDamage(damage: Damage): string {
  const file = damage.key.slice(damage.key.lastIndexOf('/') + 1);
  switch (damage.kind) {
    case 'missing':
      return `${file} is missing`;
    case 'size':
      return `${file} has ${damage.bytes} bytes, not ${damage.expected}`;
    case 'changed':
      return `${file} was changed`;
    case 'unreadable':
      return damage.fault;
  }
}
