import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { OptimizerKind } from './optimizer.ts';

const SgdOptions = z.strictObject({
  momentum: z.number().min(0).max(1).default(0.9).describe('of the past in what is followed; 0 follows the gradient'),
  weightDecay: z.number().nonnegative().default(0).describe('added to the gradient; never on norms and biases'),
});

/**
 * Gradient descent with momentum (Polyak 1964; the form of Sutskever et al., ICML 2013), equal to `torch.optim.SGD` without
 * dampening:
 *
 *     g = g + decay w          b = momentum b + g          w = w - lr b
 *
 * No decay on vectors (norm weights and biases).
 */
export const sgd: OptimizerKind<z.infer<typeof SgdOptions>> = {
  name: 'sgd',
  version: '1',
  options: SgdOptions,
  create: ({ momentum, weightDecay }) => ({
    slots: ['momentum'],
    moves: [
      (weight, gradient, slots, { learningRate }) => {
        const isDecayed = weightDecay > 0 && weight.shape.length > 1;
        const pull = isDecayed ? tf.add(gradient, tf.mul(weight.value(), weightDecay)) : gradient;
        slots.momentum.assign(tf.add(tf.mul(slots.momentum.value(), momentum), pull));
        weight.assign(tf.sub(weight.value(), tf.mul(slots.momentum.value(), learningRate)));
      },
    ],
  }),
};
