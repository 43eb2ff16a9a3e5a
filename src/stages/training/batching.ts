import { splitBySize } from '../split-by-size.ts';

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

/** Micro-batches of at most `size` sequences, those of like length together, so that little is padding. */
export function planMicroBatches<T extends PromptAndCompletion>(sequences: readonly T[], size: number): T[][] {
  const lengthOf = ({ prompt, completionIds }: T) => prompt.tokenIds.length + completionIds.length;
  return splitBySize(
    sequences.toSorted((a, b) => lengthOf(a) - lengthOf(b)),
    size,
  );
}

/** Tokens that are learned from: those of the completions. */
export function countCompletionTokens(sequences: readonly PromptAndCompletion[]): number {
  return sequences.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
}
