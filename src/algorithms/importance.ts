// Shape suffixes: N = completion tokens of a micro-batch, flat.
import * as tf from '@tensorflow/tfjs-core';

/** The largest weight of tokens that an older sampler found unlikely. */
const MAX_IMPORTANCE = 2;

/** Truncated importance sampling: `min(exp(logpi_old - logpi_sampling), 2)` of each token, a constant. */
export function importanceWeights(old_N: tf.Tensor1D, sampling_N: tf.Tensor1D): tf.Tensor1D {
  return tf.tidy(() => tf.minimum(tf.exp(tf.sub(old_N, sampling_N)), MAX_IMPORTANCE));
}

/** The mean of these weights over some tokens. */
export function meanImportance(old: Float32Array, sampling: Float32Array): number {
  const sum = old.reduce((total, logprob, n) => total + Math.min(Math.exp(logprob - sampling[n]), MAX_IMPORTANCE), 0);
  return sum / old.length;
}
