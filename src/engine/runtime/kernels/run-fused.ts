import * as tf from '@tensorflow/tfjs-core';
import { nodeBackend, type OpAttribute } from '../node-backend.ts';
import { isRecording, recordOp } from '../record-ops.ts';

/** An op of `native/kernels`, and the same by tfjs's own ops. */
export interface FusedOp {
  /** Its gradient is another op, `<name>Grad`, of the output's gradient and what is saved. */
  name: string;
  /** What it is differentiated by. */
  inputs: tf.Tensor[];
  constants?: tf.Tensor[];
  /** By default the inputs and the constants. */
  saved?: tf.Tensor[];
  attributes?: Record<string, AttributeValue>;
  reference(): tf.Tensor;
}

/** `int` and `float` as TensorFlow's attributes have them. */
export type AttributeValue = { int: number } | { float: number };

/**
 * Ops of our own run in recorded graphs on a CPU, in place of five to twenty small ones each. The op-by-op engine and GPUs take
 * the reference.
 */
export const canFuse = (): boolean => isRecording() && !nodeBackend().isUsingGpuDevice;

export function runFused({ name, inputs, constants = [], saved, attributes = {}, reference }: FusedOp): tf.Tensor {
  if (!canFuse()) return tf.tidy(reference);
  const operands = [...inputs, ...constants];
  const run = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    save(saved ?? operands);
    const gradFunc = (gradient: tf.Tensor, saved: tf.Tensor[]) =>
      addFused(`${name}Grad`, [gradient, ...saved], attributes);
    return { value: addFused(name, operands, attributes)[0], gradFunc };
  });
  return run(...inputs);
}

/** Adds one of our ops to the graph that is being recorded. */
export function addFused(
  name: string,
  inputs: tf.Tensor[],
  attributes: Record<string, AttributeValue> = {},
): tf.Tensor[] {
  const { TF_ATTR_INT, TF_ATTR_FLOAT } = nodeBackend().binding;
  const list = Object.entries(attributes).map(
    ([name, value]): OpAttribute =>
      'int' in value
        ? { name, type: TF_ATTR_INT, value: value.int }
        : { name, type: TF_ATTR_FLOAT, value: value.float },
  );
  return recordOp(`Rise${name}`, list, inputs);
}
