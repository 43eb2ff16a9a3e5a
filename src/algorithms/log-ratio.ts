import * as tf from '@tensorflow/tfjs-core';

const MAX_LOG_RATIO = 20;

/** Log-ratios held to +-20: their exponentials stay finite. */
export function clampLogRatio(logRatio_N: tf.Tensor): tf.Tensor {
  return tf.clipByValue(logRatio_N, -MAX_LOG_RATIO, MAX_LOG_RATIO);
}
