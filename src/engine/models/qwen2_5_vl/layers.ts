// Shape suffixes: M = rows (any number of tokens), D = model width, I = width inside the MLP, O = output width.
import * as tf from '@tensorflow/tfjs-core';

/** Looks a weight up by its Hugging Face name; throws when the checkpoint lacks it. */
export type Weights = (name: string) => tf.Tensor;

/** `x W^T`, plus a bias where the checkpoint has one. */
export function linear(x_MD: tf.Tensor2D, weight_OD: tf.Tensor, bias_O?: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const product_MO = tf.matMul(x_MD, weight_OD as tf.Tensor2D, false, true) as tf.Tensor2D;
    return bias_O ? tf.add(product_MO, bias_O) : product_MO;
  });
}

/** Root-mean-square norm over the last axis, `x / sqrt(mean(x^2) + epsilon) * weight`. */
export function rmsNorm(x_MD: tf.Tensor2D, weight_D: tf.Tensor, epsilon: number): tf.Tensor2D {
  const normalize = tf.customGrad((...args) => {
    const [x, weight, save] = args as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const inverse_M1 = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
    const unit_MD = tf.mul(x, inverse_M1);
    save([unit_MD, inverse_M1, weight]);
    return { value: tf.mul(unit_MD, weight), gradFunc: rmsNormGradients };
  });
  return normalize(x_MD, weight_D) as tf.Tensor2D;
}

/** `dx = (g w - u mean(g w u)) / rms` and `dw = sum(g u)`, with `u = x / rms`. */
function rmsNormGradients(gradient_MD: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const [unit_MD, inverse_M1, weight_D] = saved;
  const weighted_MD = tf.mul(gradient_MD, weight_D);
  const projection_M1 = tf.mean(tf.mul(weighted_MD, unit_MD), -1, true);
  const dx_MD = tf.mul(tf.sub(weighted_MD, tf.mul(unit_MD, projection_M1)), inverse_M1);
  return [dx_MD, tf.sum(tf.mul(gradient_MD, unit_MD), 0)];
}

/** Swish-gated MLP, `down(silu(gate x) * up x)`; biases where the checkpoint has them. */
export function gatedMlp(x_MD: tf.Tensor2D, weights: Weights, name: string, hasBias: boolean): tf.Tensor2D {
  return tf.tidy(() => {
    const project = (part: string, input: tf.Tensor2D) =>
      linear(input, weights(`${name}.${part}.weight`), hasBias ? weights(`${name}.${part}.bias`) : undefined);
    const gate_MI = project('gate_proj', x_MD);
    const hidden_MI = tf.mul(tf.mul(gate_MI, tf.sigmoid(gate_MI)), project('up_proj', x_MD));
    return project('down_proj', hidden_MI as tf.Tensor2D);
  });
}

/** Rotates the halves of the last axis: `x cos + (-x2, x1) sin`; `cos` and `sin` broadcast against `x`. */
export function applyRotary(x: tf.Tensor, rotary: Rotary): tf.Tensor {
  return tf.tidy(() => {
    const [first, second] = tf.split(x, 2, -1);
    return tf.add(tf.mul(x, rotary.cos), tf.mul(tf.concat([second, first], -1), rotary.signedSin));
  });
}

/** Cosines, and sines with the first half negated, so that a rotation needs no negation. */
export interface Rotary {
  cos: tf.Tensor;
  signedSin: tf.Tensor;
}

/**
 * Rotary tables from angles in radians, each used by dimension `j` and `j + half`.
 * @param shape of the tables without their last axis
 */
export function createRotary(angles: Float32Array, half: number, shape: number[]): Rotary {
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
  const fullShape = [...shape, half * 2];
  return { cos: tf.tensor(cos, fullShape), signedSin: tf.tensor(signedSin, fullShape) };
}

/** Frequencies `theta^(-2j/size)` for `j < size/2`, rounded to float32 as the reference does. */
export function inverseFrequencies(size: number, theta: number): number[] {
  return Array.from({ length: size / 2 }, (_, j) => Math.fround(1 / Math.fround(theta ** ((2 * j) / size))));
}
