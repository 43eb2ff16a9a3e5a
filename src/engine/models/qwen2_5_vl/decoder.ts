// Shape suffixes: M = rows of all tokens, sequence after sequence, R = chosen rows, D = model width,
// X = width of all query heads, Y = of all key heads.
import * as tf from '@tensorflow/tfjs-core';
import { rmsNorm } from '../../runtime/kernels/rms-norm.ts';
import { type Rotary, rotate } from '../../runtime/kernels/rotate.ts';
import { gatedMlp, type Layers } from '../layers.ts';
import type { Attend, RunSegment } from '../vision-language-model.ts';
import type { Qwen25VLConfig } from './config.ts';

export interface DecoderInput {
  embeddings_MD: tf.Tensor2D;
  rotary: Rotary;
  attend: Attend;
  /** Rows whose hidden states are asked for; all of them when absent. */
  chosen_R?: tf.Tensor1D;
  runBlock: RunSegment;
}

/** Hidden states before the final norm. What only rows that are not chosen would need of the last layer is left out. */
export function runDecoder(input: DecoderInput, config: Qwen25VLConfig, layers: Layers): tf.Tensor2D {
  let x_MD = input.embeddings_MD;
  for (let layer = 0; layer < config.text.layerCount; layer++) {
    x_MD = input.runBlock(x_MD, (x_MD) => runLayer(x_MD, input, layer, config, layers));
  }
  return x_MD;
}

function runLayer(
  x_MD: tf.Tensor2D,
  input: DecoderInput,
  layer: number,
  { text: { layerCount, rmsNormEpsilon } }: Qwen25VLConfig,
  layers: Layers,
): tf.Tensor2D {
  const name = `model.layers.${layer}`;
  const attentionInput_MD = rmsNorm(x_MD, layers.weight(`${name}.input_layernorm.weight`), rmsNormEpsilon);
  const choose = (rows: tf.Tensor2D) =>
    input.chosen_R && layer === layerCount - 1 ? tf.gather(rows, input.chosen_R) : rows;
  const mixed_MX = selfAttention(attentionInput_MD, input, layer, layers);
  const attended_MD: tf.Tensor2D = tf.add(choose(x_MD), layers.linear(`${name}.self_attn.o_proj`, choose(mixed_MX)));
  const mlpInput_MD = rmsNorm(attended_MD, layers.weight(`${name}.post_attention_layernorm.weight`), rmsNormEpsilon);
  return tf.add(attended_MD, gatedMlp(mlpInput_MD, layers, `${name}.mlp`));
}

function selfAttention(x_MD: tf.Tensor2D, input: DecoderInput, layer: number, layers: Layers): tf.Tensor2D {
  const { rotary, attend } = input;
  const project = (part: string) => layers.linear(`model.layers.${layer}.self_attn.${part}`, x_MD);
  return attend(layer, {
    queries_MX: rotate(project('q_proj'), rotary),
    keys_MY: rotate(project('k_proj'), rotary),
    values_MY: project('v_proj'),
  });
}
