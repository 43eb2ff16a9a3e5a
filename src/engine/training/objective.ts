// Shape suffixes: N = completion tokens of a micro-batch, flat.
import type * as tf from '@tensorflow/tfjs-core';
import type { TokenValues } from './batch.ts';

/**
 * What is known of completion tokens, in one flat order: their log-probabilities under the model as it is trained and under
 * the frozen reference, if there is one, and the sequences' own values. Tensors in a loss, arrays in a step's result.
 */
export type Tokens<Values, Numbers> = { policy: Numbers; reference?: Numbers } & TokenValues<Values, Numbers>;

/** Those of the values that a loss is told. */
export type ToldValues<Values, Numbers> = Omit<Tokens<Values, Numbers>, 'policy'>;

/** How much a whole batch holds. */
export interface BatchCounts {
  sequences: number;
  /** Completion tokens, without padding. */
  tokens: number;
}

/**
 * What a trainer minimises: the sum of a loss of each completion token over a batch, divided by a number of that batch.
 */
export interface Objective<Values> {
  /** Differentiable, `[N]`. Padding has log-probability 0 and values 0, and must add nothing. */
  tokenLoss(tokens: Tokens<Values, tf.Tensor1D>): tf.Tensor1D;
  /** Divides the sum of the whole batch: micro-batches then add up to it. */
  normalizer(batch: BatchCounts): number;
}
