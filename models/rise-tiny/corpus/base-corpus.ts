import { createRandom, type Random } from '../../../src/base/random.ts';
import { deriveSeed } from '../../../src/base/seeds.ts';
import { boxed, formatResponse } from '../../../src/tasks/charts/response.ts';
import { splitOf } from '../../../src/tasks/charts/split.ts';
import { draftTask, finishTask } from '../../../src/tasks/charts/task.ts';
import type { TaskDraft, Tier } from '../../../src/tasks/charts/tier.ts';
import { count } from '../../../src/tasks/charts/tiers/count.ts';
import { difference } from '../../../src/tasks/charts/tiers/difference.ts';
import { product } from '../../../src/tasks/charts/tiers/product.ts';
import { read } from '../../../src/tasks/charts/tiers/read.ts';
import { sum } from '../../../src/tasks/charts/tiers/sum.ts';
import type { Task } from '../../../src/tasks/family.ts';
import { describeChart } from './describe-chart.ts';
import { listShapes } from './list-shapes.ts';

/** What the base model is trained to answer to a task. */
export interface BaseExample {
  task: Task;
  /** The assistant turn, without special tokens. */
  response: string;
}

/** A tier of the base corpus. */
interface CorpusTier {
  tier: Tier;
  /** Share of all examples. */
  share: number;
  /** Hasty guesses, inclusive; a tier without it is always solved properly. */
  guesses?: { low: number; high: number };
}

/**
 * The mixture. What is always solved gets mastered; what is mostly guessed leaves a policy that reasons now and then, which is
 * what RL can build on.
 */
export const CORPUS_TIERS: CorpusTier[] = [
  { tier: read, share: 0.2 },
  { tier: count, share: 0.15 },
  { tier: describeChart, share: 0.2 },
  { tier: listShapes, share: 0.15 },
  { tier: sum, share: 0.15, guesses: { low: 2, high: 18 } },
  { tier: difference, share: 0.15, guesses: { low: 1, high: 8 } },
];

/** Asked, never solved, and guessed below the smallest product: what only an expert can teach. */
const UNSOLVED: CorpusTier = { tier: product, share: 0, guesses: { low: 2, high: 18 } };

/** How the corpus answers. */
export interface Habits {
  /** Share of examples that ask for a product; the answer is always a hasty guess. */
  unsolvedShare: number;
  /** Share of hasty guesses among the responses to tiers that have them; the others are worked solutions. */
  guessShare: number;
  /** Share of responses, of all tiers, without the asked format: half the bare answer, half the answer tags without a thought. */
  unformattedShare: number;
}

/** Worked solutions only: what a model learns to see and to calculate from. */
export const CLEAN_HABITS: Habits = { unsolvedShare: 0, guessShare: 0, unformattedShare: 0 };

/** Hasty and sloppy: what leaves the model half knowing. */
export const HASTY_HABITS: Habits = { unsolvedShare: 0, guessShare: 0.6, unformattedShare: 0.06 };

/** And asked for what it cannot know. */
export const BASE_HABITS: Habits = { ...HASTY_HABITS, unsolvedShare: 0.12 };

/** Draws one example of the pretraining split; a pure function of its arguments. */
export function drawBaseExample(seed: number, habits: Habits): BaseExample {
  const random = createRandom(deriveSeed('base-corpus', seed));
  const isUnsolved = createRandom(deriveSeed('base-corpus-unsolved', seed)).next() < habits.unsolvedShare;
  const corpusTier = isUnsolved ? UNSOLVED : pickTier(random);
  const draft = drawPretrainingDraft(corpusTier.tier, seed);
  return { task: finishTask(corpusTier.tier, draft), response: drawResponse(random, corpusTier, draft, habits) };
}

function pickTier(random: Random): CorpusTier {
  let remaining = random.next();
  for (const corpusTier of CORPUS_TIERS) {
    remaining -= corpusTier.share;
    if (remaining < 0) return corpusTier;
  }
  return CORPUS_TIERS[CORPUS_TIERS.length - 1];
}

function drawPretrainingDraft(tier: Tier, seed: number): TaskDraft {
  for (let draw = 0; ; draw++) {
    const draft = draftTask(tier, deriveSeed('base-corpus-task', seed, draw));
    if (splitOf(draft.scene) === 'pretraining') return draft;
  }
}

function drawResponse(random: Random, { tier, guesses }: CorpusTier, draft: TaskDraft, habits: Habits): string {
  const isGuess = random.next() < (tier === product ? 1 : habits.guessShare);
  const isUnformatted = random.next() < habits.unformattedShare;
  if (guesses === undefined || !isGuess) return isUnformatted ? unformat(random, draft.answer) : draft.solution;
  const guess = String(guesses.low + random.int(guesses.high - guesses.low + 1));
  return isUnformatted ? unformat(random, guess) : formatResponse('I guess.', boxed(guess));
}

function unformat(random: Random, answer: string): string {
  return random.pick([answer, `<answer>${boxed(answer)}</answer>`]);
}
