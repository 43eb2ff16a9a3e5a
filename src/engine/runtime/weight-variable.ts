import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { NativeTensor } from './native-tensor.ts';
import { nodeBackend } from './node-backend.ts';

const tensors = new WeakMap<tf.DataId, NativeTensor>();

/**
 * A float32 variable whose values stay in native memory. An executor that adopts it shares them; op by op, TensorFlow.js makes
 * a copy of its own when it first uses them.
 */
export function createWeightVariable(tensor: NativeTensor, name: string): tf.Variable {
  const backend = nodeBackend();
  const dtype = backend.getDTypeInteger('float32');
  const initial = backend.createOutputTensor({ id: NO_TENSOR, shape: tensor.shape, dtype });
  // As tfjs-node keeps values that it has not uploaded yet: it takes them at the first use, and then sets null.
  let isUploaded = false;
  Object.defineProperty(backend.tensorMap.get(initial.dataId), 'values', {
    get: () => (isUploaded ? null : readValues(tensor, name)),
    set: () => {
      isUploaded = true;
    },
  });
  tensors.set(initial.dataId, tensor);
  const variable = tf.variable(initial, true, name);
  initial.dispose();
  return variable;
}

/** Where a variable's values are, when they are in native memory. */
export const nativeTensorOf = (variable: tf.Variable): NativeTensor | undefined => tensors.get(variable.dataId);

/** tfjs-node deletes nothing for it. */
const NO_TENSOR = -1;

function readValues(tensor: NativeTensor, name: string): Float32Array {
  try {
    return tensor.toFloat32();
  } catch (cause) {
    throw new UnsupportedModelError(
      `weight ${name} cannot be read here (${(cause as Error).message}): an executor holds it alone; read it from there, or load the model again`,
      { cause },
    );
  }
}
