// Shape suffixes: B = sequences that are decoded, M = tokens, C = head size, J = half a head.
import * as tf from '@tensorflow/tfjs-core';
import type { Rotary } from '../../runtime/kernels/rotate.ts';
import { createRotary, inverseFrequencies } from '../layers.ts';
import type { Qwen25VLConfig } from './config.ts';
import type { VisionLayout } from './vision-layout.ts';

const VISION_THETA = 10_000;

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

/**
 * Rotations as of `createTextRotary`, of new text tokens: their positions are the same on all three axes. Computed
 * where the model runs.
 */
export function computeStepRotary(positions_B: tf.Tensor1D, config: Qwen25VLConfig): Rotary {
  const { headSize, ropeTheta } = config.text;
  const frequencies_J = tf.tensor1d(inverseFrequencies(headSize, ropeTheta));
  const angles_BJ = tf.mul(tf.reshape(tf.cast(positions_B, 'float32'), [-1, 1]), frequencies_J);
  const [cos_BJ, sin_BJ] = [tf.cos(angles_BJ), tf.sin(angles_BJ)] as [tf.Tensor2D, tf.Tensor2D];
  return { cos_MC: tf.concat([cos_BJ, cos_BJ], 1), signedSin_MC: tf.concat([tf.neg(sin_BJ), sin_BJ], 1) };
}

/** Half of the frequencies turn with the patch's row, half with its column. */
export function createPatchRotary(layout: VisionLayout, config: Qwen25VLConfig): Rotary {
  const half = config.vision.hiddenSize / config.vision.headCount / 2;
  const frequencies = inverseFrequencies(half, VISION_THETA);
  const angles = new Float32Array(layout.patchCount * half);
  for (let patch = 0; patch < layout.patchCount; patch++) {
    frequencies.forEach((frequency, j) => {
      angles[patch * half + j] = layout.rows[patch] * frequency;
      angles[patch * half + frequencies.length + j] = layout.columns[patch] * frequency;
    });
  }
  return createRotary(angles, half);
}
