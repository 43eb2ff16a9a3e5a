// Shape suffixes: M = rows, D = model width.
import * as tf from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';

/** Root-mean-square norm over the last axis, `x / sqrt(mean(x^2) + epsilon) * weight`. */
export function rmsNorm(x_MD: tf.Tensor2D, weight_D: tf.Tensor, epsilon: number): tf.Tensor2D {
  return runFused({
    name: 'RmsNorm',
    inputs: [x_MD, weight_D],
    attributes: { epsilon: { float: epsilon } },
    reference: () => normalize(x_MD, weight_D, epsilon),
  }) as tf.Tensor2D;
}

function normalize(x_MD: tf.Tensor2D, weight_D: tf.Tensor, epsilon: number): tf.Tensor {
  const run = tf.customGrad((...args) => {
    const [x, weight, save] = args as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const inverse_M1 = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
    const unit_MD = tf.mul(x, inverse_M1);
    save([unit_MD, inverse_M1, weight]);
    return { value: tf.mul(unit_MD, weight), gradFunc: differentiate };
  });
  return run(x_MD, weight_D);
}

/** `dx = (g w - u mean(g w u)) / rms` and `dw = sum(g u)`, with `u = x / rms`. */
function differentiate(gradient_MD: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const [unit_MD, inverse_M1, weight_D] = saved;
  const weighted_MD = tf.mul(gradient_MD, weight_D);
  const projection_M1 = tf.mean(tf.mul(weighted_MD, unit_MD), -1, true);
  const dx_MD = tf.mul(tf.sub(weighted_MD, tf.mul(unit_MD, projection_M1)), inverse_M1);
  return [dx_MD, tf.sum(tf.mul(gradient_MD, unit_MD), 0)];
}
