import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { NativeTensor } from './native-tensor.ts';
import { nodeBackend } from './node-backend.ts';

const tensors = new WeakMap<tf.DataId, NativeTensor>();

/**
 * A float32 variable whose values, where they are in native memory, stay there. An executor that adopts it shares them; op by
 * op, TensorFlow.js makes a copy of its own when it first uses them.
 */
export function createWeightVariable(
  values: NativeTensor | { data: Float32Array; shape: number[] },
  name: string,
): tf.Variable {
  const initial = 'handle' in values ? createLazyTensor(values, name) : tf.tensor(values.data, values.shape, 'float32');
  const variable = tf.variable(initial, true, name);
  initial.dispose();
  return variable;
}

/** Gives TensorFlow.js the variable's values, for functions that run op by op, and lets their native memory go. */
export function uploadWeight(variable: tf.Variable): void {
  const tensor = nativeTensorOf(variable);
  if (!tensor) return;
  tf.tidy(() => variable.assign(tf.tensor(tensor.toFloat32(), variable.shape)));
  tensor.release();
}

function createLazyTensor(tensor: NativeTensor, name: string): tf.Tensor {
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
  return initial;
}

/** Where a variable's values are, when they are in native memory. */
export const nativeTensorOf = (variable: tf.Variable): NativeTensor | undefined => tensors.get(variable.dataId);

/** Lets a variable's native memory go: executors that have adopted it hold its values alone, and no other can. */
export function releaseWeight(variable: tf.Variable): void {
  nativeTensorOf(variable)?.release();
  tensors.delete(variable.dataId);
}

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
