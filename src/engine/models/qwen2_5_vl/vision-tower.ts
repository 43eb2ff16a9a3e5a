// Shape suffixes: P = patches, F = flattened patch, D = vision width, S = segments, L = patches of a segment,
// H = heads, C = head size, U = merged patches, O = decoder width.
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
import type { SegmentGroup, VisionLayout } from './vision-layout.ts';

const ROPE_THETA = 10_000;
const NORM_EPSILON = 1e-6;

/**
 * Turns patches into decoder-width features, one per merged patch, in the processor's order.
 * @param pixelValues_PF flattened normalised patches
 */
export function runVisionTower(
  pixelValues_PF: tf.Tensor2D,
  layout: VisionLayout,
  config: Qwen25VLConfig,
  weights: Weights,
): tf.Tensor2D {
  return tf.tidy(() => {
    const { hiddenSize, depth, fullAttentionBlocks, mergeSize } = config.vision;
    const patchWeight_DF = tf.reshape(weights('visual.patch_embed.proj.weight'), [
      hiddenSize,
      config.vision.patchLength,
    ]);
    const rotary = createPatchRotary(layout, config);
    const full = createSegmentAttention(layout.full, layout.patchCount);
    const windowed = createSegmentAttention(layout.windowed, layout.patchCount);
    let x_PD = linear(pixelValues_PF, patchWeight_DF);
    for (let block = 0; block < depth; block++) {
      const name = `visual.blocks.${block}`;
      const attend = fullAttentionBlocks.has(block) ? full : windowed;
      const normed_PD = rmsNorm(x_PD, weights(`${name}.norm1.weight`), NORM_EPSILON);
      x_PD = tf.add(x_PD, selfAttention(normed_PD, attend, rotary, config, weights, `${name}.attn`));
      const mlpInput_PD = rmsNorm(x_PD, weights(`${name}.norm2.weight`), NORM_EPSILON);
      x_PD = tf.add(x_PD, gatedMlp(mlpInput_PD, weights, `${name}.mlp`, true));
    }
    const merged = tf.reshape(rmsNorm(x_PD, weights('visual.merger.ln_q.weight'), NORM_EPSILON), [
      layout.patchCount / mergeSize ** 2,
      hiddenSize * mergeSize ** 2,
    ]) as tf.Tensor2D;
    const hidden = gelu(linear(merged, weights('visual.merger.mlp.0.weight'), weights('visual.merger.mlp.0.bias')));
    return linear(hidden, weights('visual.merger.mlp.2.weight'), weights('visual.merger.mlp.2.bias'));
  });
}

/** Half of the frequencies turn with the patch's row, half with its column. */
function createPatchRotary(layout: VisionLayout, config: Qwen25VLConfig): Rotary {
  const half = config.vision.hiddenSize / config.vision.headCount / 2;
  const frequencies = inverseFrequencies(half, ROPE_THETA);
  const angles = new Float32Array(layout.patchCount * half);
  for (let patch = 0; patch < layout.patchCount; patch++) {
    frequencies.forEach((frequency, j) => {
      angles[patch * half + j] = layout.rows[patch] * frequency;
      angles[patch * half + frequencies.length + j] = layout.columns[patch] * frequency;
    });
  }
  return createRotary(angles, half, [layout.patchCount, 1]);
}

type Attend = (q_PHC: tf.Tensor, k_PHC: tf.Tensor, v_PHC: tf.Tensor) => tf.Tensor;

function selfAttention(
  x_PD: tf.Tensor2D,
  attend: Attend,
  rotary: Rotary,
  config: Qwen25VLConfig,
  weights: Weights,
  name: string,
): tf.Tensor2D {
  return tf.tidy(() => {
    const { hiddenSize, headCount } = config.vision;
    const [patchCount] = x_PD.shape;
    const qkv = linear(x_PD, weights(`${name}.qkv.weight`), weights(`${name}.qkv.bias`));
    const [q_PHC, k_PHC, v_PHC] = tf
      .split(qkv, 3, 1)
      .map((part) => tf.reshape(part, [patchCount, headCount, hiddenSize / headCount]));
    const mixed = attend(applyRotary(q_PHC, rotary), applyRotary(k_PHC, rotary), v_PHC);
    const flat_PD = tf.reshape(mixed, [patchCount, hiddenSize]) as tf.Tensor2D;
    return linear(flat_PD, weights(`${name}.proj.weight`), weights(`${name}.proj.bias`));
  });
}

/** Attention inside segments: one batched product per segment size, rows put back in order at the end. */
function createSegmentAttention(groups: SegmentGroup[], patchCount: number): Attend {
  const order = Int32Array.from(groups.flatMap((group) => [...group.patches]));
  const isInOrder = order.every((patch, at) => patch === at);
  if (isInOrder && groups.length === 1) return (q, k, v) => attendSegments(q, k, v, groups[0]);
  const inverse = new Int32Array(patchCount);
  order.forEach((patch, at) => {
    inverse[patch] = at;
  });
  const restore = tf.tensor1d(inverse, 'int32');
  const rows = groups.map((group) => tf.tensor1d(group.patches, 'int32'));
  return (q, k, v) => {
    const parts = groups.map((group, at) =>
      attendSegments(tf.gather(q, rows[at]), tf.gather(k, rows[at]), tf.gather(v, rows[at]), group),
    );
    return tf.gather(tf.concat(parts, 0), restore);
  };
}

function attendSegments(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, { count, size }: SegmentGroup): tf.Tensor {
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
