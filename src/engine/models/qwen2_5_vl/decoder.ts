// Shape suffixes: M = rows of all tokens, sequence after sequence, R = chosen rows, D = model width, B = sequences, C = head size, J = half a head,
// X = width of all query heads, Y = of all key heads.
import * as tf from '@tensorflow/tfjs-core';
import type { Heads } from '../../runtime/kernels/attention.ts';
import { rmsNorm } from '../../runtime/kernels/rms-norm.ts';
import { type Rotary, rotate } from '../../runtime/kernels/rotate.ts';
import type { Qwen25VLConfig } from './config.ts';
import { createRotary, gatedMlp, inverseFrequencies, linear, type Weights } from './layers.ts';

/** Mixes the values that a layer's queries may see: those of its own tokens, or of a cache. */
export type Attend = (layer: number, heads: Heads) => tf.Tensor2D;

export interface DecoderInput {
  embeddings_MD: tf.Tensor2D;
  rotary: Rotary;
  attend: Attend;
  /** Rows whose hidden states are asked for; all of them when absent. */
  chosen_R?: tf.Tensor1D;
}

/** Hidden states before the final norm. What only rows that are not chosen would need of the last layer is left out. */
export function runDecoder(input: DecoderInput, config: Qwen25VLConfig, weights: Weights): tf.Tensor2D {
  const { layerCount, rmsNormEpsilon } = config.text;
  let x_MD = input.embeddings_MD;
  for (let layer = 0; layer < layerCount; layer++) {
    const name = `model.layers.${layer}`;
    const attentionInput_MD = rmsNorm(x_MD, weights(`${name}.input_layernorm.weight`), rmsNormEpsilon);
    const choose = (rows: tf.Tensor2D) =>
      input.chosen_R && layer === layerCount - 1 ? tf.gather(rows, input.chosen_R) : rows;
    const mixed_MX = selfAttention(attentionInput_MD, input, layer, weights);
    x_MD = tf.add(choose(x_MD), linear(choose(mixed_MX), weights(`${name}.self_attn.o_proj.weight`)));
    const mlpInput_MD = rmsNorm(x_MD, weights(`${name}.post_attention_layernorm.weight`), rmsNormEpsilon);
    x_MD = tf.add(x_MD, gatedMlp(mlpInput_MD, weights, `${name}.mlp`, false));
  }
  return x_MD;
}

function selfAttention(x_MD: tf.Tensor2D, input: DecoderInput, layer: number, weights: Weights): tf.Tensor2D {
  const { rotary, attend } = input;
  const name = `model.layers.${layer}.self_attn`;
  const project = (part: string) => linear(x_MD, weights(`${name}.${part}.weight`), weights(`${name}.${part}.bias`));
  return attend(layer, {
    queries_MX: rotate(project('q_proj'), rotary),
    keys_MY: rotate(project('k_proj'), rotary),
    values_MY: project('v_proj'),
  });
}

/**
 * M-RoPE tables: each frequency turns with time, height or width, by `mropeSection`.
 * @param axes three rows of M positions
 */
export function createTextRotary(axes: readonly Int32Array[], config: Qwen25VLConfig): Rotary {
  const { headSize, ropeTheta, mropeSection } = config.text;
  const half = headSize / 2;
  const frequencies = inverseFrequencies(headSize, ropeTheta);
  const axisOf = mropeSection.flatMap((length, axis) => Array<number>(length).fill(axis));
  const rows = axes[0].length;
  const angles = new Float32Array(rows * half);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < half; j++) angles[row * half + j] = axes[axisOf[j]][row] * frequencies[j];
  }
  return createRotary(angles, half);
}

/** As `createTextRotary`, of new text tokens: their positions are the same on all three axes. Computed where the model runs. */
export function computeStepRotary(positions_B: tf.Tensor1D, config: Qwen25VLConfig): Rotary {
  const { headSize, ropeTheta } = config.text;
  const frequencies_J = tf.tensor1d(inverseFrequencies(headSize, ropeTheta));
  const angles_BJ = tf.mul(tf.reshape(tf.cast(positions_B, 'float32'), [-1, 1]), frequencies_J);
  const [cos_BJ, sin_BJ] = [tf.cos(angles_BJ), tf.sin(angles_BJ)] as [tf.Tensor2D, tf.Tensor2D];
  return { cos_MC: tf.concat([cos_BJ, cos_BJ], 1), signedSin_MC: tf.concat([tf.neg(sin_BJ), sin_BJ], 1) };
}
