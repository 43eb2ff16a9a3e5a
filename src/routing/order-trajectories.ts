import { createRandom } from '../base/random.ts';
import { deriveSeed } from '../base/seeds.ts';
import type { SelfDistillConfig } from '../schema/config/diagnosis.ts';
import type { Trajectory } from '../schema/trajectory.ts';
import { collectNgrams, computeJaccard } from './word-ngrams.ts';

/** n of the n-grams by which texts are more or less alike, where the config names no other. */
const WORDS = 3;

/** A prompt's trajectories in the order in which they are kept. */
export function orderTrajectories(
  trajectories: readonly Trajectory[],
  { order, nearDuplicates }: Pick<SelfDistillConfig, 'order' | 'nearDuplicates'>,
  seed: number,
): Trajectory[] {
  switch (order) {
    case 'random':
      return shuffleTrajectories(trajectories, seed);
    case 'shortest':
      return trajectories.toSorted(compareLength);
    case 'diverse':
      return spreadTrajectories(trajectories, nearDuplicates?.words ?? WORDS);
  }
}

/** Different for each prompt, the same for the same run seed. */
function shuffleTrajectories(trajectories: readonly Trajectory[], seed: number): Trajectory[] {
  if (trajectories.length === 0) return [];
  return createRandom(deriveSeed(seed, 'self-distill', trajectories[0].promptId)).shuffle(trajectories);
}

/** By sampled tokens, then characters (of recorded responses nobody knows the tokens), then index. */
function compareLength(left: Trajectory, right: Trajectory): number {
  return (
    left.tokenIds.length - right.tokenIds.length ||
    left.text.length - right.text.length ||
    left.trajectoryIndex - right.trajectoryIndex
  );
}

/**
 * Greedy max-min: the shortest first, then always the one whose most similar predecessor is the least similar to it
 * (Jaccard of word n-grams); of equals the shorter one.
 */
function spreadTrajectories(trajectories: readonly Trajectory[], words: number): Trajectory[] {
  const left = trajectories.toSorted(compareLength).map((trajectory) => {
    return { trajectory, ngrams: collectNgrams(trajectory.text, words), nearest: 0 };
  });
  const spread: Trajectory[] = [];
  while (left.length > 0) {
    const least = Math.min(...left.map(({ nearest }) => nearest));
    const [next] = left.splice(
      left.findIndex(({ nearest }) => nearest === least),
      1,
    );
    spread.push(next.trajectory);
    for (const each of left) each.nearest = Math.max(each.nearest, computeJaccard(each.ngrams, next.ngrams));
  }
  return spread;
}
