// Shape suffixes: N = completion tokens of a micro-batch, flat.
import * as tf from '@tensorflow/tfjs-core';

/**
 * Next-token loss on assistant tokens: `-sum(logprobs) / tokenCount`.
 *
 * @param tokenCount completion tokens of the whole accumulated batch, so that micro-batches add up to its token mean
 */
export function sftLoss(policyLogprobs_N: tf.Tensor1D, tokenCount: number | tf.Scalar): tf.Scalar {
  return tf.tidy(() => tf.div(tf.neg(tf.sum(policyLogprobs_N)), tokenCount) as tf.Scalar);
}
