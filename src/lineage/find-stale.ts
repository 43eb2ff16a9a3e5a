import { BUILT_IN_VERSIONS } from '../rewards/index.ts';
import { manifestKey, rescoringsPrefix, runPrefix } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { readJson } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** A piece of a run that rests on an older version of a reward, by itself or by what it was made from. */
export interface StaleWork {
  /** Folder below the run, e.g. `iteration-000000/checkpoint/`. */
  work: string;
  because: string;
}

/** The part of a manifest that says what the work rests on. */
export type FinishedWork = Pick<Manifest, 'stage' | 'versions'> & { work: string };

/** Everything finished in a run, in the order of its folders; what was scored again later is no part of it. */
export async function readFinishedWork(store: Store, runId: string): Promise<FinishedWork[]> {
  const keys = (await store.list(runPrefix(runId))).filter(
    (key) => key.endsWith(manifestKey('/')) && !key.startsWith(rescoringsPrefix(runId)),
  );
  return Promise.all(
    keys.map(async (key) => {
      const { stage, versions } = await readJson(store, key, Manifest);
      return { stage, versions, work: key.slice(runPrefix(runId).length, -manifestKey('').length) };
    }),
  );
}

/**
 * What of a run is stale, given the rewards of today: scores of other versions, what carries the version of another
 * grader, and all that was made from either. `reweighted` names rewards of another weight or other options.
 */
export function findStale(
  finished: readonly FinishedWork[],
  versions: Readonly<Record<string, string>>,
  reweighted: readonly string[] = [],
): StaleWork[] {
  const stale = new Map<string, string>();
  for (const { work, stage, versions: used } of finished) {
    const reasons =
      stage === 'score'
        ? [...describeChanges(used, versions), ...reweighted]
        : describeChanges(used, { ...used, ...pick(BUILT_IN_VERSIONS, used), ...pick(versions, used) });
    if (reasons.length > 0) stale.set(work, reasons.join(', '));
  }
  const sources = finished.map((each) => ({ ...each, isMadeFrom: sourcesOf(each.work, finished) }));
  for (let before = -1; before < stale.size; ) {
    before = stale.size;
    for (const { work, isMadeFrom } of sources) {
      if (stale.has(work)) continue;
      const source = [...stale].find(([other, reasons]) => isMadeFrom(other, reasons));
      if (source) stale.set(work, `made from ${source[0]}`);
    }
  }
  return finished.flatMap(({ work }) => (stale.has(work) ? [{ work, because: stale.get(work)! }] : []));
}

function describeChanges(used: Record<string, string>, current: Readonly<Record<string, string>>): string[] {
  const names = [...new Set([...Object.keys(used), ...Object.keys(current)])];
  return names.flatMap((name) => {
    if (used[name] === current[name]) return [];
    if (used[name] === undefined) return [`without ${name}`];
    if (current[name] === undefined) return [`with ${name}, which is gone`];
    return [`${name}@${used[name]}, now ${name}@${current[name]}`];
  });
}

const pick = (versions: Readonly<Record<string, string>>, used: Record<string, string>) =>
  Object.fromEntries(Object.entries(versions).filter(([name]) => name in used));

/** Whether a piece of work was made from another, which is stale for these reasons. */
function sourcesOf(work: string, finished: readonly FinishedWork[]): (other: string, reasons: string) => boolean {
  const checkpoints = finished.map((each) => each.work).filter((each) => /^iteration-\d+\/checkpoint\/$/.test(each));
  const lastCheckpoint = checkpoints.at(-1);
  const [folder, part] = work.split('/');
  if (checkpoints.includes(work)) {
    const before = checkpoints[checkpoints.indexOf(work) - 1];
    return (other) => other === before || other.startsWith(`${folder}/scores/`);
  }
  switch (folder) {
    case 'routes':
      // Routes go by what is correct, so that the accuracy reward alone makes them stale.
      return (other, reasons) =>
        other === lastCheckpoint || (other === `diagnosis/scores/${part}/` && /\baccuracy@/.test(reasons));
    case 'expert':
      return (other) => other === `routes/${part}/`;
    case 'sft-shards':
      return (other) => /^(routes|expert)\//.test(other);
    case 'sft':
      return (other) => other === 'sft-shards/' || other === lastCheckpoint;
    case 'evaluation':
      return (other) => other === { rl: lastCheckpoint, rise: 'sft/checkpoint/' }[part];
    case 'report':
      return (other) => /^(evaluation|routes)\//.test(other);
    default:
      return () => false;
  }
}
