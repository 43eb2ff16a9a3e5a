import * as tf from '@tensorflow/tfjs-core';
import type { MicroBatch } from '../../src/engine/train-step.ts';

/** Loss and gradients of a loss, op by op: the reference for completion passes. */
export function differentiate(variables: ReadonlyMap<string, tf.Variable>, computeLoss: () => tf.Scalar): MicroBatch {
  const { value, grads } = tf.variableGrads(computeLoss, [...variables.values()]);
  const loss = value.dataSync()[0];
  const gradients = new Map<string, Float32Array>();
  for (const [name, variable] of variables) {
    const gradient = grads[variable.name];
    if (gradient) gradients.set(name, gradient.dataSync<'float32'>());
  }
  tf.dispose([value, ...Object.values(grads).filter((gradient) => gradient != null)]);
  return { loss, gradients };
}
