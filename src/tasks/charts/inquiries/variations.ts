import type { Random } from '../../../base/random.ts';
import type { Box } from '../raster.ts';
import type { Asked, Scene, TaskDraft } from '../tier.ts';

/** A drawn problem whose question is known by its parts. */
export interface Problem extends TaskDraft {
  asked: Asked;
}

/** What the rules for one kind of problem say of one problem: the words and pictures that inquiries about it are made of. */
export interface Variations {
  /** Other questions for the same. */
  paraphrases: readonly string[];
  /** A question about the same picture; the words of both together leave open what is asked, and what the answer is. */
  intruder: string;
  /** The problem where a board hides what it takes: other pictures look the same and have another answer. */
  hidden: { question: string; board: Box };
  /** A true sentence about the picture that the answer does not depend on. */
  fact: string;
  /** Another scene for the same question, with another answer. */
  renumbered: { scene: Scene; answer: string };
  /** The problem where a word means something else. */
  redefined: { question: string; answer: string };
  /** A step on the way to the answer. */
  step: { question: string; answer: string };
  /** The problem's answer is given, and what led to it is asked for. */
  backward: { question: string; answer: string; board?: Box };
}

/** The rules for one kind of problem; undefined where one of the nine would not be exact. */
export type Vary<Kind extends Asked['kind']> = (
  problem: Problem & { asked: Asked & { kind: Kind } },
  random: Random,
  isInSplit: (scene: Scene) => boolean,
) => Variations | undefined;

/** How much more a redefined word gives. */
const MOST_ADDED = 3;
export const drawAdded = (random: Random) => 1 + random.int(MOST_ADDED);

const MAX_DRAWS = 5000;

/** Draws until one is accepted; undefined where none of many is. */
export function drawUntil<T>(draw: () => T, isAccepted: (drawn: T) => boolean): T | undefined {
  for (let tries = 0; tries < MAX_DRAWS; tries++) {
    const drawn = draw();
    if (isAccepted(drawn)) return drawn;
  }
  return undefined;
}
