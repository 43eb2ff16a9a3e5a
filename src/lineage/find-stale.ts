import { BUILT_IN_VERSIONS } from '../rewards/index.ts';
import { isWork, workOf } from '../schema/stages.ts';
import type { FinishedWork } from './finished-work.ts';
import { compareVersions, type RewardChange, type StaleReason, type Versions } from './stale-reason.ts';

/** A piece of a run that rests on other rewards than those of today, by itself or by what it was made from. */
export interface StaleWork {
  /** Folder below the run, such as `iteration-000000/checkpoint/`. */
  work: string;
  reasons: StaleReason[];
}

/**
 * What of a run is stale, given the rewards of today: scores of other versions, what carries the version of another
 * grader, and all that was made from either, however far down. `changed` are rewards of another weight or other options.
 */
export function findStale(
  finished: readonly FinishedWork[],
  versions: Versions,
  changed: readonly RewardChange[] = [],
): StaleWork[] {
  const reasons = new Map<FinishedWork, StaleReason[]>();
  const users = collectUsers(finished);
  const spreading: FinishedWork[] = [];
  const add = (work: FinishedWork, more: readonly StaleReason[]) => {
    if (more.length === 0) return;
    reasons.set(work, [...(reasons.get(work) ?? []), ...more]);
    spreading.push(work);
  };
  for (const work of finished) add(work, findChanges(work, versions, changed));
  // What becomes stale on the way is visited too.
  for (const source of spreading) {
    for (const user of users.get(source.key) ?? []) {
      const isKnown = reasons.get(user)?.some(({ kind }) => kind === 'made-from');
      if (!isKnown && matters(source, reasons.get(source)!, user))
        add(user, [{ kind: 'made-from', work: source.work }]);
    }
  }
  return finished.flatMap((each) => {
    const own = reasons.get(each);
    return own ? [{ work: each.work, reasons: own }] : [];
  });
}

/** The work that was made from each manifest, by its key. */
function collectUsers(finished: readonly FinishedWork[]): ReadonlyMap<string, FinishedWork[]> {
  const users = new Map<string, FinishedWork[]>();
  for (const work of finished) {
    for (const key of work.inputs) {
      const known = users.get(key);
      if (known) known.push(work);
      else users.set(key, [work]);
    }
  }
  return users;
}

/** What changed of the rewards that a piece of work used itself: scores use all, graders their own. */
function findChanges(
  { stage, versions: used }: FinishedWork,
  versions: Versions,
  changed: readonly RewardChange[],
): RewardChange[] {
  if (stage === 'score') return [...compareVersions(used, versions), ...changed];
  const current = { ...BUILT_IN_VERSIONS, ...versions };
  return compareVersions(
    used,
    Object.fromEntries(Object.keys(used).map((name) => [name, current[name] ?? used[name]])),
  );
}

/** Whether work made from this is stale by these reasons: of scores, it may go by some rewards alone. */
function matters(source: FinishedWork, reasons: readonly StaleReason[], user: FinishedWork): boolean {
  const goesBy = source.stage === 'score' && isWork(user.stage) ? workOf(user.stage).goesBy : undefined;
  return (
    goesBy === undefined || reasons.some((reason) => reason.kind === 'made-from' || goesBy.includes(reason.reward))
  );
}
