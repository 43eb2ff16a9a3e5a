import { isFormatted } from '../rewards/index.ts';
import type { SelfDistillConfig } from '../schema/config/diagnosis.ts';
import type { TrajectoryOutcome } from '../schema/decision.ts';
import type { Trajectory, TrajectoryScore } from '../schema/trajectory.ts';
import { orderTrajectories } from './order-trajectories.ts';
import { collectNgrams, computeJaccard } from './word-ngrams.ts';

/** How many of a prompt's own successes SFT learns, which, and the seed of a random order. */
export interface SelfDistillation {
  seed: number;
  maxKept: number;
  rules: SelfDistillConfig;
}

/** A correct trajectory with what it earned. */
export interface Success {
  trajectory: Trajectory;
  score: TrajectoryScore;
}

/** What becomes of a correct trajectory: SFT learns it, or why not. */
export type Choice = { trajectory: Trajectory } & (
  | { outcome: 'kept' }
  | { outcome: Exclude<TrajectoryOutcome, 'kept' | 'wrong' | 'other-route'>; because: string }
);
/** Why a trajectory is passed over; undefined where nothing speaks against it. */
type Objection = Omit<Extract<Choice, { because: string }>, 'trajectory'> | undefined;

/**
 * Chooses among the successes of a prompt, each of which is given an outcome. Rule after rule takes some out (length, least
 * rewards, equal texts, format); of those left at most `maxKept` are kept, in the order asked for, which is that of the
 * result, and none that is nearly the same as one before it.
 */
export function chooseTrajectories(
  { seed, maxKept, rules }: SelfDistillation,
  successes: readonly Success[],
): Choice[] {
  const refused: Choice[] = [];
  const passOver = (trajectories: readonly Trajectory[], objectTo: (trajectory: Trajectory) => Objection) =>
    trajectories.filter((trajectory) => {
      const objection = objectTo(trajectory);
      if (objection) refused.push({ trajectory, ...objection });
      return !objection;
    });

  const scoreOf = new Map(successes.map(({ trajectory, score }) => [trajectory, score]));
  const correct = successes.map(({ trajectory }) => trajectory);
  const fitting = passOver(
    correct,
    (trajectory) => objectToLength(trajectory, rules) ?? objectToReward(scoreOf.get(trajectory)!, rules),
  );
  const standing = new Map(fitting.map((trajectory) => [trajectory.text.trim(), trajectory]));
  passOver(fitting, (trajectory) => objectToCopy(trajectory, standing.get(trajectory.text.trim())!));
  const distinct = [...standing.values()];
  const isExemplary = (trajectory: Trajectory) => objectToFormat(trajectory) === undefined;
  const isDemanded = rules.format === 'required' || (rules.format === 'preferred' && distinct.some(isExemplary));
  const pool = isDemanded ? passOver(distinct, objectToFormat) : distinct;
  return [...keepFirst(orderTrajectories(pool, rules, seed), maxKept, rules), ...refused];
}

function objectToLength({ tokenIds: { length } }: Trajectory, { minTokens, maxTokens }: SelfDistillConfig): Objection {
  if (minTokens !== undefined && length < minTokens) {
    return { outcome: 'too-short', because: `${length} tokens, fewer than minTokens ${minTokens}` };
  }
  if (maxTokens !== undefined && length > maxTokens) {
    return { outcome: 'too-long', because: `${length} tokens, more than maxTokens ${maxTokens}` };
  }
}

function objectToReward({ rewardBreakdown }: TrajectoryScore, { minRewards }: SelfDistillConfig): Objection {
  for (const [name, least] of Object.entries(minRewards)) {
    const value = rewardBreakdown[name]?.value;
    if (value !== undefined && value >= least) continue;
    return {
      outcome: 'low-reward',
      because: `${name} is ${value ?? 'not scored'}, less than minRewards.${name} ${least}`,
    };
  }
}

/** Of equal texts the last stands. */
function objectToCopy(trajectory: Trajectory, standing: Trajectory): Objection {
  if (trajectory === standing) return undefined;
  return { outcome: 'duplicate', because: `the text of trajectory ${standing.trajectoryIndex}` };
}

function objectToFormat({ text, finishReason }: Trajectory): Objection {
  if (finishReason !== 'stop') return { outcome: 'truncated', because: 'it did not end by itself' };
  return isFormatted(text) ? undefined : { outcome: 'unformatted', because: 'it lacks the format asked for' };
}

function keepFirst(ordered: readonly Trajectory[], maxKept: number, rules: SelfDistillConfig): Choice[] {
  const kept: Trajectory[] = [];
  return ordered.map((trajectory, at) => {
    const objection =
      kept.length < maxKept ? objectToLikeness(trajectory, kept, rules) : objectToPlace(at + 1, maxKept, rules);
    if (objection) return { trajectory, ...objection };
    kept.push(trajectory);
    return { trajectory, outcome: 'kept' };
  });
}

function objectToLikeness(
  { text }: Trajectory,
  kept: readonly Trajectory[],
  { nearDuplicates }: SelfDistillConfig,
): Objection {
  if (!nearDuplicates) return undefined;
  const { words, similarity: most } = nearDuplicates;
  for (const one of kept) {
    const similarity = computeJaccard(collectNgrams(one.text, words), collectNgrams(text, words));
    if (similarity < most) continue;
    return {
      outcome: 'near-duplicate',
      because: `${similarity.toFixed(3)} similar to trajectory ${one.trajectoryIndex}`,
    };
  }
}

const objectToPlace = (place: number, maxKept: number, { order }: SelfDistillConfig): Objection => ({
  outcome: 'beyond-max',
  because: `number ${place} of the ${order} order; ${maxKept} are kept`,
});
