// Shape suffixes: P = patches, F = flattened patch, D = vision width, S = segments, L = patches of a segment,
// H = heads, C = head size, U = merged patches, O = decoder width.
import * as tf from '@tensorflow/tfjs-core';
import { rmsNorm } from '../../runtime/kernels/rms-norm.ts';
import { type Rotary, rotate } from '../../runtime/kernels/rotate.ts';
import { affine, gatedMlp, type Layers } from '../layers.ts';
import type { RunSegment } from '../vision-language-model.ts';
import type { Qwen25VLConfig } from './config.ts';
import type { ImageTensors, SegmentGroupTensors, SegmentTensors } from './model-tensors.ts';

const NORM_EPSILON = 1e-6;

/** Turns patches into decoder-width features, one per merged patch, in the processor's order. */
export function runVisionTower(
  images: ImageTensors,
  config: Qwen25VLConfig,
  layers: Layers,
  runBlock: RunSegment,
): tf.Tensor2D {
  return tf.tidy(() => {
    const { hiddenSize, depth, mergeSize } = config.vision;
    const patchWeight_DF = tf.reshape(layers.weight('visual.patch_embed.proj.weight'), [
      hiddenSize,
      config.vision.patchLength,
    ]);
    let x_PD = affine(images.pixelValues_PF, patchWeight_DF);
    for (let block = 0; block < depth; block++) {
      x_PD = runBlock(x_PD, (x_PD) => runVisionBlock(x_PD, images, block, config, layers));
    }
    const merged = tf.reshape(rmsNorm(x_PD, layers.weight('visual.merger.ln_q.weight'), NORM_EPSILON), [
      x_PD.shape[0] / mergeSize ** 2,
      hiddenSize * mergeSize ** 2,
    ]) as tf.Tensor2D;
    const hidden = gelu(layers.linear('visual.merger.mlp.0', merged));
    return layers.linear('visual.merger.mlp.2', hidden);
  });
}

function runVisionBlock(
  x_PD: tf.Tensor2D,
  images: ImageTensors,
  block: number,
  config: Qwen25VLConfig,
  layers: Layers,
): tf.Tensor2D {
  const name = `visual.blocks.${block}`;
  const segments = config.vision.fullAttentionBlocks.has(block) ? images.full : images.windowed;
  const normed_PD = rmsNorm(x_PD, layers.weight(`${name}.norm1.weight`), NORM_EPSILON);
  const attended_PD: tf.Tensor2D = tf.add(
    x_PD,
    selfAttention(normed_PD, segments, images.rotary, config, layers, `${name}.attn`),
  ) as tf.Tensor2D;
  const mlpInput_PD = rmsNorm(attended_PD, layers.weight(`${name}.norm2.weight`), NORM_EPSILON);
  return tf.add(attended_PD, gatedMlp(mlpInput_PD, layers, `${name}.mlp`));
}

function selfAttention(
  x_PD: tf.Tensor2D,
  segments: SegmentTensors,
  rotary: Rotary,
  config: Qwen25VLConfig,
  layers: Layers,
  name: string,
): tf.Tensor2D {
  return tf.tidy(() => {
    const { hiddenSize, headCount } = config.vision;
    const [patchCount] = x_PD.shape;
    const qkv = layers.linear(`${name}.qkv`, x_PD);
    const [q_PD, k_PD, v_PD] = tf.split<tf.Tensor2D>(qkv, 3, 1);
    const [q_PHC, k_PHC, v_PHC] = [rotate(q_PD, rotary), rotate(k_PD, rotary), v_PD].map((part) =>
      tf.reshape(part, [patchCount, headCount, hiddenSize / headCount]),
    );
    const mixed = attend(q_PHC, k_PHC, v_PHC, segments);
    const flat_PD = tf.reshape(mixed, [patchCount, hiddenSize]) as tf.Tensor2D;
    return layers.linear(`${name}.proj`, flat_PD);
  });
}

/** Attention inside segments: one batched product per segment size, rows put back in order at the end. */
function attend(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, { groups, order_P }: SegmentTensors): tf.Tensor {
  const parts = groups.map((group) => {
    const pick = (x: tf.Tensor) => (group.patches ? tf.gather(x, group.patches) : x);
    return attendSegments(pick(q), pick(k), pick(v), group);
  });
  return order_P ? tf.gather(tf.concat(parts, 0), order_P) : parts[0];
}

function attendSegments(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, { count, size }: SegmentGroupTensors): tf.Tensor {
  const [, headCount, headSize] = q.shape as [number, number, number];
  const perHead = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [count, size, headCount, headSize]), [0, 2, 1, 3]);
  const scores_SHLL = tf.matMul(tf.mul(perHead(q), 1 / Math.sqrt(headSize)), perHead(k), false, true);
  const mixed_SHLC = tf.matMul(tf.softmax(scores_SHLL), perHead(v));
  return tf.reshape(tf.transpose(mixed_SHLC, [0, 2, 1, 3]), [count * size, headCount, headSize]);
}

/** Exact GELU, `x Phi(x)`. */
function gelu(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}
