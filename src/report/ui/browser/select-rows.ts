import type { GroupLine, TrajectoryLine } from '../../site/report-data.ts';

/** What the reader wants to see; empty is everything. */
export interface Wanted {
  list: 'prompts' | 'trajectories';
  route: string;
  tier: string;
  verdict: string;
  learned: string;
  /** Rewards from and to. */
  least: string;
  most: string;
  sort: string;
}

/** A row of the list: a prompt, or one of its trajectories. */
export interface Row {
  group: number;
  trajectory?: number;
}

/** Trajectories by their group in which a text was found; `all` where it is in the prompt itself. */
export type Found = ReadonlyMap<number, ReadonlySet<number> | 'all'>;

/** Verdicts over a group, by name. */
export const GROUP_VERDICTS: Readonly<Record<string, (verdicts: readonly boolean[]) => boolean>> = {
  mixed: (verdicts) => verdicts.includes(true) && verdicts.includes(false),
  'all-right': (verdicts) => verdicts.every(Boolean),
  'all-wrong': (verdicts) => !verdicts.includes(true),
  gained: (verdicts) => !verdicts[0] && verdicts[verdicts.length - 1],
  lost: (verdicts) => verdicts[0] && !verdicts[verdicts.length - 1],
};

/** The rows that are wanted, in the order that is wanted. A prompt is one when any of its trajectories is. */
export function selectRows(lines: readonly GroupLine[], wanted: Wanted, found: Found | undefined): Row[] {
  const isWanted = trajectoryTest(wanted);
  const rows = lines.flatMap((line, group): Row[] => {
    if (!isGroupWanted(line, wanted)) return [];
    const matching = line.trajectories.flatMap((trajectory, index) =>
      isFound(found, group, index) && isWanted(trajectory) ? [index] : [],
    );
    if (wanted.list === 'trajectories') return matching.map((trajectory) => ({ group, trajectory }));
    return matching.length > 0 ? [{ group }] : [];
  });
  return sortRows(rows, lines, wanted.sort);
}

function isFound(found: Found | undefined, group: number, trajectory: number): boolean {
  if (!found) return true;
  const within = found.get(group);
  return within === 'all' || (within?.has(trajectory) ?? false);
}

function isGroupWanted({ route, tier, trajectories }: GroupLine, wanted: Wanted): boolean {
  if (wanted.route !== '' && route !== wanted.route) return false;
  if (wanted.tier !== '' && tier !== wanted.tier) return false;
  const ofGroup = GROUP_VERDICTS[wanted.verdict];
  return !ofGroup || ofGroup(trajectories.map(({ isCorrect }) => isCorrect === true));
}

function trajectoryTest({ verdict, learned, least, most }: Wanted): (trajectory: TrajectoryLine) => boolean {
  const low = least === '' ? Number.NEGATIVE_INFINITY : Number(least);
  const high = most === '' ? Number.POSITIVE_INFINITY : Number(most);
  const isBounded = least !== '' || most !== '';
  return ({ isCorrect, isLearned, reward }) => {
    if (verdict === 'right' && isCorrect !== true) return false;
    if (verdict === 'wrong' && isCorrect !== false) return false;
    if (learned !== '' && (learned === 'yes') !== (isLearned === true)) return false;
    return !isBounded || (reward !== undefined && reward >= low && reward <= high);
  };
}

/** Orders besides that of the rollout, each by a number of a row. */
const SORTS: Readonly<Record<string, (line: GroupLine, trajectory: number | undefined) => number>> = {
  'pass-up': passRate,
  'pass-down': (line) => -passRate(line),
  'reward-up': meanReward,
  'reward-down': (line, trajectory) => -meanReward(line, trajectory),
};

function sortRows(rows: Row[], lines: readonly GroupLine[], sort: string): Row[] {
  const by = SORTS[sort];
  if (!by) return rows;
  const keyed = rows.map((row) => ({ row, key: by(lines[row.group], row.trajectory) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
}

/** Share of a group that is right. */
export function passRate({ trajectories }: Pick<GroupLine, 'trajectories'>): number {
  return trajectories.filter(({ isCorrect }) => isCorrect).length / Math.max(1, trajectories.length);
}

function meanReward({ trajectories }: GroupLine, trajectory?: number): number {
  const own = trajectory === undefined ? trajectories : [trajectories[trajectory]];
  return own.reduce((sum, { reward = 0 }) => sum + reward, 0) / Math.max(1, own.length);
}
