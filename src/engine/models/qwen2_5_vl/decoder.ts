// Shape suffixes: B = batch, T = new tokens, S = all tokens (cached and new), M = B x T rows, D = model width,
// K = key-value heads, G = query heads per key-value head, C = head size, J = half a head.
import * as tf from '@tensorflow/tfjs-core';
import type { Qwen25VLConfig } from './config.ts';
import {
  applyRotary,
  createRotary,
  gatedMlp,
  inverseFrequencies,
  linear,
  type Rotary,
  rmsNorm,
  type Weights,
} from './layers.ts';

/** Keys and values of one layer, `[B, K, S, C]` each. */
export type LayerCache = { keys: tf.Tensor; values: tf.Tensor };

/** Takes a layer's keys and values of the new tokens; gives those that their queries attend to, in the order of the mask. */
export type RememberTokens = (layer: number, fresh: LayerCache) => LayerCache;

export interface DecoderInput {
  batchSize: number;
  embeddings_MD: tf.Tensor2D;
  rotary: Rotary;
  /** Added to the attention scores: 0 where a query may look, very negative elsewhere; broadcasts to `[B, 1, 1, T, S]`. */
  mask: tf.Tensor;
  /** Absent when nothing came before and nothing comes after. */
  remember?: RememberTokens;
}

/** Hidden states before the final norm. */
export function runDecoder(input: DecoderInput, config: Qwen25VLConfig, weights: Weights): tf.Tensor2D {
  const { layerCount, rmsNormEpsilon } = config.text;
  let x_MD = input.embeddings_MD;
  for (let layer = 0; layer < layerCount; layer++) {
    const name = `model.layers.${layer}`;
    const attentionInput_MD = rmsNorm(x_MD, weights(`${name}.input_layernorm.weight`), rmsNormEpsilon);
    x_MD = tf.add(x_MD, selfAttention(attentionInput_MD, input, layer, config, weights));
    const mlpInput_MD = rmsNorm(x_MD, weights(`${name}.post_attention_layernorm.weight`), rmsNormEpsilon);
    x_MD = tf.add(x_MD, gatedMlp(mlpInput_MD, weights, `${name}.mlp`, false));
  }
  return x_MD;
}

/** Grouped-query attention: the query heads of a group sit beside each other as extra rows against their shared keys. */
function selfAttention(
  x_MD: tf.Tensor2D,
  input: DecoderInput,
  layer: number,
  config: Qwen25VLConfig,
  weights: Weights,
): tf.Tensor2D {
  const name = `model.layers.${layer}.self_attn`;
  const { headCount, keyValueHeadCount: K, headSize: C } = config.text;
  const B = input.batchSize;
  const T = x_MD.shape[0] / B;
  const G = headCount / K;
  const project = (part: string) => linear(x_MD, weights(`${name}.${part}.weight`), weights(`${name}.${part}.bias`));
  const toHeads = (x: tf.Tensor2D, groups: number) =>
    tf.transpose(tf.reshape(x, [B, T, K, groups, C]), [0, 2, 3, 1, 4]);
  const q_BKGTC = applyRotary(toHeads(project('q_proj'), G), input.rotary);
  const k_BKTC = tf.reshape(applyRotary(toHeads(project('k_proj'), 1), input.rotary), [B, K, T, C]);
  const v_BKTC = tf.reshape(toHeads(project('v_proj'), 1), [B, K, T, C]);
  const fresh = { keys: k_BKTC, values: v_BKTC };
  const { keys, values } = input.remember ? input.remember(layer, fresh) : fresh;
  const S = keys.shape[2] as number;
  const q_rows = tf.reshape(tf.mul(q_BKGTC, 1 / Math.sqrt(C)), [B, K, G * T, C]);
  const scores_BKGTS = tf.add(tf.reshape(tf.matMul(q_rows, keys, false, true), [B, K, G, T, S]), input.mask);
  const mixed = tf.matMul(tf.reshape(tf.softmax(scores_BKGTS), [B, K, G * T, S]), values);
  const mixed_MD = tf.reshape(tf.transpose(tf.reshape(mixed, [B, K, G, T, C]), [0, 3, 1, 2, 4]), [
    B * T,
    headCount * C,
  ]);
  return linear(mixed_MD as tf.Tensor2D, weights(`${name}.o_proj.weight`));
}

/**
 * M-RoPE tables, `[B, 1, 1, T, C]`: each frequency turns with time, height or width, by `mropeSection`.
 * @param axes three rows of `B * T` positions
 */
export function createTextRotary(axes: readonly Int32Array[], batchSize: number, config: Qwen25VLConfig): Rotary {
  const { headSize, ropeTheta, mropeSection } = config.text;
  const half = headSize / 2;
  const frequencies = inverseFrequencies(headSize, ropeTheta);
  const axisOf = mropeSection.flatMap((length, axis) => Array<number>(length).fill(axis));
  const rows = axes[0].length;
  const angles = new Float32Array(rows * half);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < half; j++) angles[row * half + j] = axes[axisOf[j]][row] * frequencies[j];
  }
  return createRotary(angles, half, [batchSize, 1, 1, rows / batchSize]);
}

/** As `createTextRotary`, of new text tokens: their positions are the same on all three axes. Computed where the model runs. */
export function computeStepRotary(positions_B: tf.Tensor1D, config: Qwen25VLConfig): Rotary {
  const { headSize, ropeTheta } = config.text;
  const frequencies_J = tf.tensor1d(inverseFrequencies(headSize, ropeTheta));
  const angles_BJ = tf.mul(tf.reshape(tf.cast(positions_B, 'float32'), [-1, 1, 1, 1, 1]), frequencies_J);
  const [cos, sin] = [tf.cos(angles_BJ), tf.sin(angles_BJ)];
  return { cos: tf.concat([cos, cos], -1), signedSin: tf.concat([tf.neg(sin), sin], -1) };
}
