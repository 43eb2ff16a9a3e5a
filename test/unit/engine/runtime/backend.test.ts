import * as tf from '@tensorflow/tfjs-core';
import { backendName, loadBackend } from '../../../../src/engine/runtime/backend.ts';

describe('the TensorFlow backend', () => {
  beforeAll(loadBackend);

  it('is the one that ops run on', () => {
    expect(backendName()).toBe('tensorflow');
  });

  it('returns typed arrays that tests recognise', () => {
    const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([1, 0, 0, 1], [2, 2]));
    expect(product.dataSync()).toBeInstanceOf(Float32Array);
    expect(Array.from(product.dataSync())).toEqual([1, 2, 3, 4]);
  });

  it('has gradients registered', () => {
    const slope = tf.grad((x) => tf.square(x))(tf.scalar(3));
    expect(slope.dataSync()[0]).toBeCloseTo(6);
  });

  it('may be loaded again', () => {
    expect(loadBackend).not.toThrow();
  });
});
