// Shape suffixes: N = completion tokens of a micro-batch, flat.
import * as tf from '@tensorflow/tfjs-core';
import type { RlTokens } from './algorithm.ts';
import { importanceWeights } from './importance.ts';
import { clampLogRatio } from './log-ratio.ts';

/** c of the dual clip (arXiv 1912.09729): bounds the loss of bad tokens the policy has moved towards. */
const DUAL_CLIP = 3;

/** How far a ratio may go before it stops the gradient. */
export interface ClipRange {
  clipRatioLow: number;
  clipRatioHigh: number;
}

/**
 * Clipped policy-gradient loss of each token (PPO, arXiv 1707.06347; asymmetric clip of DAPO, arXiv 2503.14476):
 *
 *     r = exp(clamp(logpi - logpi_old, +-20))
 *     l = max(-A r, -A clip(r, 1 - low, 1 + high)),   for A < 0 at most -3 A
 *
 * `l` is computed as `-A` times `r` held under `1 + high` (A >= 0), or within `1 - low .. 3` (A < 0), which is equal, and
 * weighed by `importanceWeights` where an older policy sampled. Without `old` the sampler's log-probabilities stand for the
 * old policy's: both come from this engine, so computing them again would only repeat the forward pass (our choice).
 */
export function clippedLoss(tokens: RlTokens<tf.Tensor1D>, { clipRatioLow, clipRatioHigh }: ClipRange): tf.Tensor1D {
  return tf.tidy(() => {
    const { policy, sampling, old, advantages } = tokens;
    const ratio_N = tf.exp(clampLogRatio(tf.sub(policy, old ?? sampling)));
    const isBad_N = tf.less(advantages, 0);
    const lower_N = tf.mul(tf.cast(isBad_N, 'float32'), 1 - clipRatioLow);
    const upper_N = tf.where(isBad_N, tf.fill(isBad_N.shape, DUAL_CLIP), tf.fill(isBad_N.shape, 1 + clipRatioHigh));
    const clipped_N = tf.neg(tf.mul(advantages, tf.minimum(tf.maximum(ratio_N, lower_N), upper_N))) as tf.Tensor1D;
    return old ? tf.mul(clipped_N, importanceWeights(old, sampling)) : clipped_N;
  });
}
