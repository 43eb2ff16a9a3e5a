// Shape suffixes: M = rows, X = heads x head size, C = head size.
import * as tf from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';

/** Cosines, and sines with the first half negated, so that a rotation needs no negation; a row for each row rotated. */
export interface Rotary {
  cos_MC: tf.Tensor2D;
  signedSin_MC: tf.Tensor2D;
}

/** Rotates the halves of each head of each row: `x cos + (-x2, x1) sin`. */
export function rotate(x_MX: tf.Tensor2D, { cos_MC, signedSin_MC }: Rotary): tf.Tensor2D {
  return runFused({
    name: 'Rotate',
    inputs: [x_MX],
    constants: [cos_MC, signedSin_MC],
    saved: [cos_MC, signedSin_MC],
    reference: () => {
      const [rows, size] = cos_MC.shape;
      const x_MHC = tf.reshape(x_MX, [rows, -1, size]);
      const [first, second] = tf.split(x_MHC, 2, -1);
      const [cos, sin] = [cos_MC, signedSin_MC].map((table) => tf.reshape(table, [rows, 1, size]));
      return tf.reshape(tf.add(tf.mul(x_MHC, cos), tf.mul(tf.concat([second, first], -1), sin)), x_MX.shape);
    },
  }) as tf.Tensor2D;
}
