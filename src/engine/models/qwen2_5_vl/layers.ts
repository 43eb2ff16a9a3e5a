// Shape suffixes: M = rows (any number of tokens), D = model width, I = width inside the MLP, O = output width.
import * as tf from '@tensorflow/tfjs-core';
import type { Rotary } from '../../runtime/kernels/rotate.ts';
import { swiglu } from '../../runtime/kernels/swiglu.ts';

/** Looks a weight up by its Hugging Face name; throws when the checkpoint lacks it. */
export type Weights = (name: string) => tf.Tensor;

/** `x W^T`, plus a bias where the checkpoint has one. */
export function linear(x_MD: tf.Tensor2D, weight_OD: tf.Tensor, bias_O?: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const product_MO = tf.matMul(x_MD, weight_OD as tf.Tensor2D, false, true) as tf.Tensor2D;
    return bias_O ? tf.add(product_MO, bias_O) : product_MO;
  });
}

/** Swish-gated MLP, `down(silu(gate x) * up x)`; biases where the checkpoint has them. */
export function gatedMlp(x_MD: tf.Tensor2D, weights: Weights, name: string, hasBias: boolean): tf.Tensor2D {
  return tf.tidy(() => {
    const project = (part: string, input: tf.Tensor2D) =>
      linear(input, weights(`${name}.${part}.weight`), hasBias ? weights(`${name}.${part}.bias`) : undefined);
    return project('down_proj', swiglu(project('gate_proj', x_MD), project('up_proj', x_MD)));
  });
}

/** Rotary tables from angles in radians, each used by dimension `j` and `j + half`. */
export function createRotary(angles: Float32Array, half: number): Rotary {
  const rows = angles.length / half;
  const cos = new Float32Array(rows * half * 2);
  const signedSin = new Float32Array(rows * half * 2);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < half; j++) {
      const angle = angles[row * half + j];
      const at = row * half * 2 + j;
      cos[at] = cos[at + half] = Math.cos(angle);
      signedSin[at + half] = Math.sin(angle);
      signedSin[at] = -signedSin[at + half];
    }
  }
  const shape: [number, number] = [rows, half * 2];
  return { cos_MC: tf.tensor2d(cos, shape), signedSin_MC: tf.tensor2d(signedSin, shape) };
}

/** Frequencies `theta^(-2j/size)` for `j < size/2`, rounded to float32 as the reference does. */
export function inverseFrequencies(size: number, theta: number): number[] {
  return Array.from({ length: size / 2 }, (_, j) => Math.fround(1 / Math.fround(theta ** ((2 * j) / size))));
}
