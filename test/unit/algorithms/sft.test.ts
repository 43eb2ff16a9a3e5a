import * as tf from '@tensorflow/tfjs-core';
import { sft } from '../../../src/algorithms/sft.ts';
import { loadBackend } from '../../../src/engine/runtime/backend.ts';

beforeAll(loadBackend);

describe('sft', () => {
  it('is the mean over the tokens of the whole batch, and so is its gradient', () => {
    const normalizer = sft.normalizer({ sequences: 2, tokens: 4 });
    const lossOf = (policy: tf.Tensor1D) => tf.div(tf.sum(sft.tokenLoss({ policy })), normalizer);
    const { value, grad } = tf.valueAndGrad((x) => lossOf(x as tf.Tensor1D))(tf.tensor1d([-1, -3]));
    expect(value.dataSync()[0]).toBe(1);
    expect([...grad.dataSync()]).toEqual([-0.25, -0.25]);
  });
});
