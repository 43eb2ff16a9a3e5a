// Shape suffixes: N = completion tokens of a micro-batch, flat.
import * as tf from '@tensorflow/tfjs-core';
import type { RlConfig } from '../../schema/config/rl.ts';

const MAX_LOG_RATIO = 20;
/** c of the dual clip (arXiv 1912.09729): bounds the loss of bad tokens the policy has moved towards. */
const DUAL_CLIP = 3;
/** Bounds the weight of tokens that an older sampler found unlikely. */
export const MAX_IMPORTANCE = 2;

type ClipConfig = Pick<RlConfig, 'clipRatioLow' | 'clipRatioHigh'>;

export interface GrpoLossInput extends ClipConfig {
  policyLogprobs_N: tf.Tensor1D;
  /** Of the policy that sampled; constant. */
  samplingLogprobs_N: tf.Tensor1D;
  /** Of the policy before this iteration, where that is not the one that sampled; constant. */
  oldLogprobs_N?: tf.Tensor1D;
  /** Of each token's trajectory; constant. */
  advantages_N: tf.Tensor1D;
  /** Of the frozen reference; without it there is no KL term. */
  referenceLogprobs_N?: tf.Tensor1D;
  klCoefficient: number;
  /** Completion tokens of the whole accumulated batch, so that micro-batches add up to its token mean. */
  tokenCount: number | tf.Scalar;
}

/**
 * Clipped policy-gradient loss, token mean over the accumulated batch (GRPO, arXiv 2402.03300; asymmetric clip and
 * token mean of DAPO, arXiv 2503.14476):
 *
 *     r = exp(clamp(logpi - logpi_old, +-20))
 *     l = max(-A r, -A clip(r, 1 - low, 1 + high)),   for A < 0 at most -3 A
 *     loss = sum(w l + klCoefficient k3) / tokenCount,   k3 = e^d - d - 1,  d = clamp(logpi_ref - logpi, +-20)
 *     w = min(exp(logpi_old - logpi_sampling), 2), constant: truncated importance sampling
 *
 * `l` is computed as `-A` times `r` held under `1 + high` (A >= 0), or within `1 - low .. 3` (A < 0), which is equal.
 * Without `oldLogprobs_N` the sampler's log-probabilities stand for the old policy's, and `w` is 1: both come from this
 * engine, so computing them again would only repeat the forward pass (our choice).
 */
export function grpoLoss(input: GrpoLossInput): tf.Scalar {
  return tf.tidy(() => {
    const { policyLogprobs_N, samplingLogprobs_N, oldLogprobs_N, advantages_N, referenceLogprobs_N } = input;
    const ratio_N = tf.exp(clampLogRatio(tf.sub(policyLogprobs_N, oldLogprobs_N ?? samplingLogprobs_N)));
    const isBad_N = tf.less(advantages_N, 0);
    const lower_N = tf.mul(tf.cast(isBad_N, 'float32'), 1 - input.clipRatioLow);
    const upper_N = tf.where(
      isBad_N,
      tf.fill(isBad_N.shape, DUAL_CLIP),
      tf.fill(isBad_N.shape, 1 + input.clipRatioHigh),
    );
    const clipped_N = tf.neg(tf.mul(advantages_N, tf.minimum(tf.maximum(ratio_N, lower_N), upper_N)));
    const surrogate_N = oldLogprobs_N
      ? tf.mul(clipped_N, tf.minimum(tf.exp(tf.sub(oldLogprobs_N, samplingLogprobs_N)), MAX_IMPORTANCE))
      : clipped_N;
    const loss_N = referenceLogprobs_N
      ? tf.add(surrogate_N, tf.mul(computeK3(policyLogprobs_N, referenceLogprobs_N), input.klCoefficient))
      : surrogate_N;
    return tf.div(tf.sum(loss_N), input.tokenCount) as tf.Scalar;
  });
}

/** The k3 estimator of KL(pi || pi_ref) per token (http://joschu.net/blog/kl-approx.html). */
function computeK3(policyLogprobs_N: tf.Tensor1D, referenceLogprobs_N: tf.Tensor1D): tf.Tensor {
  const difference_N = clampLogRatio(tf.sub(referenceLogprobs_N, policyLogprobs_N));
  return tf.sub(tf.sub(tf.exp(difference_N), difference_N), 1);
}

function clampLogRatio(logRatio_N: tf.Tensor): tf.Tensor {
  return tf.clipByValue(logRatio_N, -MAX_LOG_RATIO, MAX_LOG_RATIO);
}
