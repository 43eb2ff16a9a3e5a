// Shape suffixes: N = completion tokens of a micro-batch, flat.
import * as tf from '@tensorflow/tfjs-core';
import { clampLogRatio } from './log-ratio.ts';

/**
 * The k3 estimator of KL(pi || pi_ref) of each token, `e^d - d - 1` with `d = clamp(logpi_ref - logpi, +-20)`
 * (http://joschu.net/blog/kl-approx.html).
 */
export function klPenalty(policy_N: tf.Tensor1D, reference_N: tf.Tensor1D): tf.Tensor1D {
  return tf.tidy(() => {
    const difference_N = clampLogRatio(tf.sub(reference_N, policy_N));
    return tf.sub(tf.sub(tf.exp(difference_N), difference_N), 1);
  });
}
