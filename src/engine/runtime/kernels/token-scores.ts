// Shape suffixes: N = tokens, V = vocabulary.
import * as tf from '@tensorflow/tfjs-core';
import { addFused, canFuse, runFused } from './run-fused.ts';

export interface TokenScores {
  /** `logits[target] - logsumexp(logits)`; its gradient is `onehot(target) - softmax(logits)`. */
  logprobs_N: tf.Tensor1D;
  /** Entropy, in nats, of `softmax(logits)`; without gradient. */
  entropies_N: tf.Tensor1D;
}

export function scoreTokens(logits_NV: tf.Tensor2D, targetIds_N: tf.Tensor1D): TokenScores {
  const logprobs_N = runFused({
    name: 'TokenScores',
    inputs: [logits_NV],
    constants: [targetIds_N],
    reference: () => selectLogprobs(logits_NV, targetIds_N),
  }) as tf.Tensor1D;
  return { logprobs_N, entropies_N: computeEntropies(logits_NV, targetIds_N) };
}

/** TensorFlow merges the op with the one that gives the log-probabilities. */
function computeEntropies(logits_NV: tf.Tensor2D, targetIds_N: tf.Tensor1D): tf.Tensor1D {
  if (canFuse()) return addFused('TokenScores', [logits_NV, targetIds_N])[1] as tf.Tensor1D;
  // A function of no inputs, as far as gradients go.
  const compute = tf.customGrad(() => {
    const logprobs_NV = tf.logSoftmax(logits_NV);
    return { value: tf.neg(tf.sum(tf.mul(tf.exp(logprobs_NV), logprobs_NV), 1)), gradFunc: () => [] };
  });
  return compute() as tf.Tensor1D;
}

function selectLogprobs(logits_NV: tf.Tensor2D, targetIds_N: tf.Tensor1D): tf.Tensor1D {
  const [count, vocabSize] = logits_NV.shape;
  const select = tf.customGrad((...args) => {
    const [logits, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const logprobs_NV = tf.logSoftmax(logits as tf.Tensor2D);
    save([logprobs_NV, targetIds_N]);
    const flatIndices_N = tf.add(tf.range(0, count * vocabSize, vocabSize, 'int32'), targetIds_N);
    const gradFunc = (gradient_N: tf.Tensor, saved: tf.Tensor[]) => {
      const oneHot_NV = tf.oneHot(saved[1], vocabSize, 1, 0, 'float32');
      return tf.mul(tf.reshape(gradient_N, [count, 1]), tf.sub(oneHot_NV, tf.exp(saved[0])));
    };
    return { value: tf.gather(tf.reshape(logprobs_NV, [count * vocabSize]), flatIndices_N), gradFunc };
  });
  return select(logits_NV) as tf.Tensor1D;
}
