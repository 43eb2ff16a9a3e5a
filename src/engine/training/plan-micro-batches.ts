interface PromptAndCompletion {
  prompt: { tokenIds: readonly number[] };
  completionIds: readonly number[];
}

/**
 * As few micro-batches of at most `size` sequences as there can be, with about as many tokens each: they need no padding to
 * share one shape. The longest sequences are given out first, each to the micro-batch with the fewest tokens.
 */
export function planMicroBatches<T extends PromptAndCompletion>(sequences: readonly T[], size: number): T[][] {
  const microBatches = Array.from({ length: Math.ceil(sequences.length / size) }, () => ({
    tokens: 0,
    chosen: [] as T[],
  }));
  for (const sequence of sequences.toSorted((a, b) => countTokens(b) - countTokens(a))) {
    const open = microBatches.filter(({ chosen }) => chosen.length < size);
    const lightest = open.reduce((least, micro) => (micro.tokens < least.tokens ? micro : least));
    lightest.chosen.push(sequence);
    lightest.tokens += countTokens(sequence);
  }
  return microBatches.map(({ chosen }) => chosen);
}

const countTokens = ({ prompt, completionIds }: PromptAndCompletion) => prompt.tokenIds.length + completionIds.length;

/** Tokens that are learned from: those of the completions. */
export function countCompletionTokens(sequences: readonly PromptAndCompletion[]): number {
  return sequences.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
}
