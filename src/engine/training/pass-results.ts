import type { Accumulated } from '../optim/create-optimizer.ts';
import type { TrainingSequence } from './batch.ts';
import type { CompletionResult } from './completion-pass.ts';
import type { Tokens, ToldValues } from './objective.ts';

/** What a step found of each completion token, in one flat order. */
export interface StepTokens<Values> {
  tokens: Tokens<Values, Float32Array>;
  /** In nats, of the distributions that the tokens were drawn from. */
  entropies: Float32Array;
}

/** What the passes over one batch found together. */
export interface BatchResult<Values> extends Accumulated, StepTokens<Values> {
  paddingFraction: number;
}

/** The result of a micro-batch, and what its loss was told. */
export interface ToldResult<Values> extends CompletionResult {
  values: ToldValues<Values, Float32Array>;
}

/** Sums of losses, the weights that any of them depends on in a fixed order, and all tokens, micro-batch after micro-batch. */
export function sumPasses<Values>(results: readonly ToldResult<Values>[]): BatchResult<Values> {
  const sum = (numberOf: (result: CompletionResult) => number) =>
    results.reduce((total, result) => total + numberOf(result), 0);
  const policy = join(results.map(({ logprobs }) => logprobs));
  const values = results.map((result) => result.values);
  return {
    loss: sum(({ loss }) => loss),
    learned: [...new Set(results.flatMap(({ learned }) => learned))].sort(),
    paddingFraction: 1 - sum(({ tokens }) => tokens) / sum(({ paddedTokens }) => paddedTokens),
    tokens: { ...joinValues(values), policy } as Tokens<Values, Float32Array>,
    entropies: join(results.map(({ entropies }) => entropies)),
  };
}

/** What a loss is told of sequences, one after another. */
export function flattenValues<Values>(
  sequences: readonly TrainingSequence<Values>[],
  reference: Float32Array | undefined,
): ToldValues<Values, Float32Array> {
  const own = joinValues(sequences.map(({ values }) => values ?? {}));
  return { ...own, ...(reference && { reference }) } as ToldValues<Values, Float32Array>;
}

/** All parts have the same names. */
function joinValues(parts: readonly object[]): Record<string, Float32Array> {
  const names = Object.keys(parts[0] ?? {});
  const valuesOf = (name: string) => parts.map((values) => (values as Record<string, ArrayLike<number>>)[name]);
  return Object.fromEntries(names.map((name) => [name, join(valuesOf(name))]));
}

function join(parts: readonly ArrayLike<number>[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
