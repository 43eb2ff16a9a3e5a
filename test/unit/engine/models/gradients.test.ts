import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../../../src/base/random.ts';
import { buildSequenceBatch } from '../../../../src/engine/training/batch.ts';
import { computeCompletionLogprobs } from '../../../support/completion-logprobs.ts';
import { anImage, aPrompt, aTinyModel, tinyConfig } from '../../../support/tiny-model.ts';

const model = aTinyModel();
const batch = buildSequenceBatch(
  [
    { prompt: aPrompt(4, [anImage(6, 4), anImage(4, 4, 8)]), completionIds: [5, 9, 2] },
    { prompt: aPrompt(7), completionIds: [11, 4] },
  ],
  tinyConfig,
);
const computeLoss = () =>
  tf.tidy(() => tf.neg(tf.mean(computeCompletionLogprobs(model, batch).logprobs_N)) as tf.Scalar);

afterAll(() => model.dispose());

/** Loss after moving one weight tensor along a direction. */
function lossAlong(weight: tf.Variable, direction: tf.Tensor, distance: number): number {
  const original = weight.clone();
  weight.assign(tf.tidy(() => tf.add(original, tf.mul(direction, distance))));
  const loss = tf.tidy(() => computeLoss().dataSync()[0]);
  weight.assign(original);
  original.dispose();
  return loss;
}

/** Of length one. */
function aRandomDirection(shape: number[]): tf.Tensor {
  const random = createRandom(shape.length);
  const size = tf.util.sizeFromShape(shape);
  const values = Float32Array.from({ length: size }, () => random.next() - 0.5);
  return tf.tidy(() => tf.div(tf.tensor(values, shape), tf.norm(tf.tensor(values))));
}

describe('Gradients of the completion log-probabilities', () => {
  const { value, grads } = tf.variableGrads(computeLoss, [...model.weights.values()]);
  value.dispose();

  it.each([...model.weights.keys()])('match finite differences, along the gradient and off it: %s', (name) => {
    const weight = model.weights.get(name)!;
    const gradient = grads[weight.name];
    const norm = tf.tidy(() => tf.norm(gradient).dataSync()[0]);
    const noise = aRandomDirection(weight.shape);
    const direction = tf.tidy(() => tf.add(tf.div(gradient, norm), noise));
    const analytic = tf.tidy(() => tf.sum(tf.mul(gradient, direction)).dataSync()[0]);
    const distance = 1e-2 / (1 + norm);
    const numeric = (lossAlong(weight, direction, distance) - lossAlong(weight, direction, -distance)) / (2 * distance);
    expect(Math.abs(analytic - numeric)).toBeLessThan(5e-5 + 0.02 * norm);
    tf.dispose([noise, direction]);
  });

  it('reach every weight', () => {
    const still = [...model.weights].filter(
      ([, weight]) => tf.tidy(() => tf.max(tf.abs(grads[weight.name])).dataSync()[0]) === 0,
    );
    expect(still.map(([name]) => name)).toEqual([]);
  });

  it('leave no tensors behind', () => {
    const before = tf.memory().numTensors;
    const again = tf.variableGrads(computeLoss, [...model.weights.values()]);
    tf.dispose([again.value, ...Object.values(again.grads)]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
