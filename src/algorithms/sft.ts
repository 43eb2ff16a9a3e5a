import * as tf from '@tensorflow/tfjs-core';
import type { Objective } from '../engine/training/objective.ts';

/**
 * Supervised fine-tuning: the next-token loss `-log pi` of each token of the responses, whose mean over the whole
 * accumulated batch is minimised.
 */
export const sft: Objective<object> = {
  tokenLoss: ({ policy }) => tf.neg(policy),
  normalizer: ({ tokens }) => tokens,
};
