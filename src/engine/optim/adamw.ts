import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { OptimizerKind } from './optimizer.ts';

const EPSILON = 1e-8;

const AdamWOptions = z.strictObject({
  beta1: z.number().min(0).max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.95),
  weightDecay: z.number().nonnegative().default(0).describe('decoupled; never on norms and biases'),
});

/**
 * AdamW (Loshchilov & Hutter, arXiv 1711.05101, algorithm 2), equal to `torch.optim.AdamW`:
 *
 *     m = b1 m + (1 - b1) g          v = b2 v + (1 - b2) g^2
 *     w = w (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + 1e-8)
 *
 * No decay on vectors (norm weights and biases).
 */
export const adamw: OptimizerKind<z.infer<typeof AdamWOptions>> = {
  name: 'adamw',
  version: '1',
  options: AdamWOptions,
  create: ({ beta1, beta2, weightDecay }) => ({
    slots: ['first-moment', 'second-moment'],
    numbersAt: (step) => ({ beta1Power: beta1 ** step, beta2Power: beta2 ** step }),
    moves: [
      (weight, gradient, slots, { learningRate, beta1Power, beta2Power }) => {
        if (weightDecay > 0 && weight.shape.length > 1) {
          weight.assign(tf.mul(weight.value(), tf.sub(1, tf.mul(learningRate, weightDecay))));
        }
        // The kernel divides by sqrt(v) + epsilon before it corrects v's bias; AdamW does it after.
        const epsilon = tf.mul(tf.sqrt(tf.sub(1, beta2Power)), EPSILON) as tf.Scalar;
        const moments = { first: slots['first-moment'], second: slots['second-moment'] };
        weight.applyAdam(moments, gradient, { learningRate, beta1Power, beta2Power, beta1, beta2, epsilon });
      },
    ],
  }),
};
