import type { RunConfig } from '../schema/config/run-config.ts';

/** How a reward of today differs from the one that some work was made by. */
export type RewardChange =
  | { kind: 'added'; reward: string }
  | { kind: 'removed'; reward: string }
  | { kind: 'version'; reward: string; used: string; current: string }
  | { kind: 'weight'; reward: string; used: number; current: number }
  | { kind: 'options'; reward: string };

/** Why a piece of a run is stale: by itself, or by what it was made from. */
export type StaleReason = RewardChange | { kind: 'made-from'; work: string };

/** Versions by name. */
export type Versions = Readonly<Record<string, string>>;

/** The rewards that came, went or changed from the versions used to those of today. */
export function compareVersions(used: Versions, current: Versions): RewardChange[] {
  const names = [...new Set([...Object.keys(used), ...Object.keys(current)])];
  return names.flatMap((reward): RewardChange[] => {
    if (used[reward] === current[reward]) return [];
    if (used[reward] === undefined) return [{ kind: 'added', reward }];
    if (current[reward] === undefined) return [{ kind: 'removed', reward }];
    return [{ kind: 'version', reward, used: used[reward], current: current[reward] }];
  });
}

/** Rewards of another weight or other options; those that come or go have a version, or none, to tell. */
export function compareUses(used: RunConfig['rewards'], current: RunConfig['rewards']): RewardChange[] {
  return Object.entries(current).flatMap(([reward, { weight, options }]) => {
    const old = used[reward];
    if (!old || old.weight === 0 || weight === 0) return [];
    const changes: RewardChange[] = [];
    if (old.weight !== weight) changes.push({ kind: 'weight', reward, used: old.weight, current: weight });
    if (JSON.stringify(old.options) !== JSON.stringify(options)) changes.push({ kind: 'options', reward });
    return changes;
  });
}

/** A reason in words. */
export function describeReason(reason: StaleReason): string {
  switch (reason.kind) {
    case 'added':
      return `without ${reason.reward}`;
    case 'removed':
      return `with ${reason.reward}, which is gone`;
    case 'version':
      return `${reason.reward}@${reason.used}, now ${reason.reward}@${reason.current}`;
    case 'weight':
      return `${reason.reward} of weight ${reason.used}, now ${reason.current}`;
    case 'options':
      return `${reason.reward} with other options`;
    case 'made-from':
      return `made from ${reason.work}`;
  }
}
