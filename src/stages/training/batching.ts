import { roundUpToEighthOctave } from '../../engine/pad-size.ts';

/** Splits into `count` runs of nearly equal length, in order; fewer when there are fewer items. */
export function splitEvenly<T>(items: readonly T[], count: number): T[][] {
  const runs = Math.min(count, items.length);
  return Array.from({ length: runs }, (_, run) =>
    items.slice(Math.floor((run * items.length) / runs), Math.floor(((run + 1) * items.length) / runs)),
  );
}

interface PromptAndCompletion {
  prompt: { tokenIds: readonly number[] };
  completionIds: readonly number[];
}

/** Share of a step's tokens that may be padding. */
const MOST_PADDING = 0.1;

/**
 * The fewest micro-batches of at most `size` sequences with little padding: under a tenth of all tokens, the engine's
 * rounding of sizes included, wherever that can be had. Sequences of like length come together.
 */
export function planMicroBatches<T extends PromptAndCompletion>(sequences: readonly T[], size: number): T[][] {
  const sorted = sequences.toSorted((a, b) => countTokens(a) - countTokens(b));
  const lengths = sorted.map(countTokens);
  const enough = lengths.reduce((sum, length) => sum + length, 0) / (1 - MOST_PADDING);
  let best: Cuts = { tokens: Number.POSITIVE_INFINITY, ends: [] };
  let plans: Cuts[] = [{ tokens: 0, ends: [] }];
  for (let count = 1; count <= sorted.length && best.tokens > enough; count++) {
    plans = addMicroBatch(plans, lengths, size);
    const plan = plans[sorted.length];
    if (plan && plan.tokens < best.tokens) best = plan;
  }
  return best.ends.map((end, at) => sorted.slice(best.ends[at - 1] ?? 0, end));
}

/** Where a sorted list is cut into micro-batches, and the tokens they have with their padding. */
interface Cuts {
  tokens: number;
  ends: readonly number[];
}

/** From the best cuts of each first part of the list into some micro-batches, those into one more. */
function addMicroBatch(plans: readonly (Cuts | undefined)[], lengths: readonly number[], size: number): Cuts[] {
  const next: Cuts[] = [];
  for (let end = 1; end <= lengths.length; end++) {
    const length = roundUpToEighthOctave(lengths[end - 1]);
    for (let start = Math.max(0, end - size); start < end; start++) {
      const before = plans[start];
      if (!before) continue;
      const tokens = before.tokens + roundUpToEighthOctave(end - start) * length;
      if (tokens < (next[end]?.tokens ?? Number.POSITIVE_INFINITY)) next[end] = { tokens, ends: [...before.ends, end] };
    }
  }
  return next;
}

/** The last token of a completion is predicted and not read. */
const countTokens = ({ prompt, completionIds }: PromptAndCompletion) =>
  prompt.tokenIds.length + completionIds.length - 1;

/** Tokens that are learned from: those of the completions. */
export function countCompletionTokens(sequences: readonly PromptAndCompletion[]): number {
  return sequences.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
}
