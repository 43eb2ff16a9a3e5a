// Shape suffixes: M = rows (any number of tokens), D = model width, I = width inside the MLP, O = output width.
import * as tf from '@tensorflow/tfjs-core';
import type { Rotary } from '../runtime/kernels/rotate.ts';
import { swiglu } from '../runtime/kernels/swiglu.ts';

/** The weights of a model as its layers use them. */
export interface Layers {
  /** A weight by its Hugging Face name. */
  weight(name: string): tf.Tensor;
  /** Runs the linear layer of a name: of every one in the model but the patch embedding, so that what adapts layers acts here. */
  linear(name: string, x_MD: tf.Tensor2D): tf.Tensor2D;
  /** Rows of the table of embeddings of a name. */
  embed(name: string, ids_M: tf.Tensor1D): tf.Tensor2D;
}

/** @param weights of the whole model; a linear layer has a bias where there is one */
export function createLayers(weights: ReadonlyMap<string, tf.Tensor>): Layers {
  return {
    weight: (name) => weights.get(name)!,
    linear: (name, x_MD) => affine(x_MD, weights.get(`${name}.weight`)!, weights.get(`${name}.bias`)),
    embed: (name, ids_M) => tf.gather(weights.get(`${name}.weight`) as tf.Tensor2D, ids_M),
  };
}

/** `x W^T`, plus a bias where there is one. */
export function affine(x_MD: tf.Tensor2D, weight_OD: tf.Tensor, bias_O?: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const product_MO = tf.matMul(x_MD, weight_OD as tf.Tensor2D, false, true) as tf.Tensor2D;
    return bias_O ? tf.add(product_MO, bias_O) : product_MO;
  });
}

/** Swish-gated MLP, `down(silu(gate x) * up x)`. */
export function gatedMlp(x_MD: tf.Tensor2D, { linear }: Layers, name: string): tf.Tensor2D {
  return tf.tidy(() => {
    const [gate_MI, up_MI] = [linear(`${name}.gate_proj`, x_MD), linear(`${name}.up_proj`, x_MD)];
    return linear(`${name}.down_proj`, swiglu(gate_MI, up_MI));
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
