// Shape suffixes: M = rows, I = width inside the MLP.
import * as tf from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';

/** `silu(gate) * up` */
export function swiglu(gate_MI: tf.Tensor2D, up_MI: tf.Tensor2D): tf.Tensor2D {
  return runFused({
    name: 'SwiGlu',
    inputs: [gate_MI, up_MI],
    reference: () => tf.mul(tf.mul(gate_MI, tf.sigmoid(gate_MI)), up_MI),
  }) as tf.Tensor2D;
}
