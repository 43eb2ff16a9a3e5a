// Shape suffixes: B = sequences, V = vocabulary.
import * as tf from '@tensorflow/tfjs-core';
import { addFused, canFuse } from '../runtime/kernels/run-fused.ts';

export type DrawnTokens = {
  tokenIds_B: tf.Tensor1D;
  /** Natural log-probabilities at temperature 1 over the whole vocabulary. */
  logprobs_B: tf.Tensor1D;
};

/**
 * Draws a token for each row of logits where the model runs: the likeliest at temperature 0, ties to the lower id, else the
 * inverse of the cumulative distribution of `softmax(logits / temperature)` at the row's uniform number.
 *
 * @param uniforms_B from [0, 1)
 */
export function drawTokens(logits_BV: tf.Tensor2D, uniforms_B: tf.Tensor1D, temperature: number): DrawnTokens {
  if (canFuse()) {
    const drawn = addFused('DrawTokens', [logits_BV, uniforms_B], { temperature: { float: temperature } });
    const [tokenIds_B, logprobs_B] = drawn as [tf.Tensor1D, tf.Tensor1D];
    return { tokenIds_B, logprobs_B };
  }
  return tf.tidy(() => {
    const [count, vocabSize] = logits_BV.shape;
    const shifted_BV = tf.sub(logits_BV, tf.max(logits_BV, 1, true));
    const masses_BV = tf.exp(shifted_BV) as tf.Tensor2D;
    const tokenIds_B =
      temperature === 0
        ? (tf.argMax(logits_BV, 1) as tf.Tensor1D)
        : invert(temperature === 1 ? masses_BV : tf.exp(tf.div(shifted_BV, temperature)), uniforms_B);
    const flatIndices_B = tf.add(tf.range(0, count * vocabSize, vocabSize, 'int32'), tokenIds_B);
    const chosen_B = tf.gather(tf.reshape(shifted_BV, [count * vocabSize]), flatIndices_B);
    return { tokenIds_B, logprobs_B: tf.sub(chosen_B, tf.log(tf.sum(masses_BV, 1))) as tf.Tensor1D };
  });
}

/** For each row the first index whose masses up to it pass the row's share of them all. */
function invert(masses_BV: tf.Tensor2D, uniforms_B: tf.Tensor1D): tf.Tensor1D {
  const [count, vocabSize] = masses_BV.shape;
  const cumulative_BV = tf.cumsum(masses_BV, 1) as tf.Tensor2D;
  const total_B1 = tf.slice(cumulative_BV, [0, vocabSize - 1], [count, 1]);
  const passed_BV = tf.lessEqual(cumulative_BV, tf.mul(total_B1, tf.reshape(uniforms_B, [count, 1])));
  // A uniform number may round up to 1.
  return tf.minimum(tf.sum(tf.cast(passed_BV, 'int32'), 1), tf.scalar(vocabSize - 1, 'int32')) as tf.Tensor1D;
}
