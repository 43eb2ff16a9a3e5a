import { TRAINING_PADDING } from '../../engine/padding.ts';

interface PromptAndCompletion {
  prompt: { tokenIds: readonly number[] };
  completionIds: readonly number[];
}

/** What running a graph costs besides its arithmetic, in tokens times weights: about 15 ms on two cores. */
const CALL_COST = 3e8;

/** What adding to every weight's gradient costs, in tokens. */
const GRADIENT_TOKENS = 30;

/**
 * The micro-batches of at most `size` sequences that take the least time: sequences of like length together, cut where less
 * padding pays for another run. For a model of some million weights that leaves under a tenth of the tokens to padding.
 *
 * @param weightCount of the model
 */
export function planMicroBatches<T extends PromptAndCompletion>(
  sequences: readonly T[],
  size: number,
  weightCount: number,
): T[][] {
  const callTokens = CALL_COST / weightCount + GRADIENT_TOKENS;
  const sorted = sequences.toSorted((a, b) => countTokens(a) - countTokens(b));
  /** For the first sequences, as many as the index says: what they cost in tokens, and where the last micro-batch starts. */
  const plans = [{ cost: 0, start: 0 }];
  for (let end = 1; end <= sorted.length; end++) {
    const length = TRAINING_PADDING.length(countTokens(sorted[end - 1]));
    let best = { cost: Number.POSITIVE_INFINITY, start: 0 };
    for (let start = Math.max(0, end - size); start < end; start++) {
      const cost = plans[start].cost + TRAINING_PADDING.count(end - start) * length + callTokens;
      if (cost < best.cost) best = { cost, start };
    }
    plans.push(best);
  }
  const microBatches: T[][] = [];
  for (let end = sorted.length; end > 0; end = plans[end].start) {
    microBatches.unshift(sorted.slice(plans[end].start, end));
  }
  return microBatches;
}

/** The last token of a completion is predicted and not read. */
const countTokens = ({ prompt, completionIds }: PromptAndCompletion) =>
  prompt.tokenIds.length + completionIds.length - 1;

/** Tokens that are learned from: those of the completions. */
export function countCompletionTokens(sequences: readonly PromptAndCompletion[]): number {
  return sequences.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
}
