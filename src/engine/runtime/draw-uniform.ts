import * as tf from '@tensorflow/tfjs-core';
import { nodeBackend } from './node-backend.ts';

/**
 * Numbers in [0, 1) by TensorFlow's counting generator (Philox): they depend on seed and place alone, so that a graph draws what
 * the op-by-op engine does, and longer tensors begin with the numbers of shorter ones. Without gradient.
 *
 * @param seed int32 of shape `[2]`
 */
export function drawUniform<S extends number[]>(shape: S, seed: tf.Tensor1D): tf.Tensor {
  const backend = nodeBackend();
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
  const attributes = [
    { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'T', type: TF_ATTR_TYPE, value: TF_INT32 },
    { name: 'Tseed', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];
  return backend.executeSingleOutput('StatelessRandomUniform', attributes, [tf.tensor1d(shape, 'int32'), seed]);
}
