// Shape suffixes: M = rows of the padded batch, N = completion tokens, D = model width, V = vocabulary.
import * as tf from '@tensorflow/tfjs-core';
import type { Qwen25VLConfig } from './models/qwen2_5_vl/config.ts';
import type { Qwen25VL } from './models/qwen2_5_vl/model.ts';
import { createModelInput, type ModelInput } from './models/qwen2_5_vl/model-input.ts';
import type { ProcessedPrompt } from './processing/processor.ts';

/** A prompt and the completion to score or learn. */
export interface TrainingSequence {
  prompt: ProcessedPrompt;
  completionIds: readonly number[];
}

/** Sequences ready for one pass. Their completion tokens are numbered 0 .. N-1, sequence after sequence. */
export interface SequenceBatch {
  input: ModelInput;
  /** N: for each completion token, the row (of M) whose hidden state predicts it. */
  predictingRows: Int32Array;
  /** N completion token ids. */
  targetIds: Int32Array;
  completionTokenCount: number;
}

/** Pads sequences to one length. The last completion token needs no row of its own: nothing is predicted from it. */
export function buildSequenceBatch(sequences: readonly TrainingSequence[], config: Qwen25VLConfig): SequenceBatch {
  const input = createModelInput(
    sequences.map(({ prompt, completionIds }) => ({ prompt, continuationIds: completionIds.slice(0, -1) })),
    config,
  );
  const predictingRows = sequences.flatMap(({ prompt, completionIds }, b) =>
    completionIds.map((_, at) => b * input.length + prompt.tokenIds.length - 1 + at),
  );
  return {
    input,
    predictingRows: Int32Array.from(predictingRows),
    targetIds: Int32Array.from(sequences.flatMap(({ completionIds }) => completionIds)),
    completionTokenCount: predictingRows.length,
  };
}

/**
 * Log-probability of each completion token (differentiable) and the entropy, in nats, of the distribution it was drawn
 * from (a metric, without gradient).
 */
export function computeCompletionLogprobs(
  model: Qwen25VL,
  batch: SequenceBatch,
): { logprobs_N: tf.Tensor1D; entropy_N: tf.Tensor1D } {
  const hidden_MD = model.computeHiddenStates(batch.input);
  const hidden_ND = tf.gather(hidden_MD, tf.tensor1d(batch.predictingRows, 'int32'));
  const logits_NV = model.computeLogits(hidden_ND);
  return { logprobs_N: selectLogprobs(logits_NV, batch.targetIds), entropy_N: computeEntropy(logits_NV) };
}

/** `logits[target] - logsumexp(logits)` per row; its gradient is `onehot(target) - softmax(logits)`. */
function selectLogprobs(logits_NV: tf.Tensor2D, targetIds: Int32Array): tf.Tensor1D {
  const [count, vocabSize] = logits_NV.shape;
  const select = tf.customGrad((...args) => {
    const [logits, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const logprobs_NV = tf.logSoftmax(logits as tf.Tensor2D);
    save([logprobs_NV]);
    const flatIndices = tf.tensor1d(
      targetIds.map((id, row) => row * vocabSize + id),
      'int32',
    );
    const gradFunc = (gradient_N: tf.Tensor, saved: tf.Tensor[]) => {
      const oneHot_NV = tf.oneHot(tf.tensor1d(targetIds, 'int32'), vocabSize, 1, 0, 'float32');
      return tf.mul(tf.reshape(gradient_N, [count, 1]), tf.sub(oneHot_NV, tf.exp(saved[0])));
    };
    return { value: tf.gather(tf.reshape(logprobs_NV, [count * vocabSize]), flatIndices), gradFunc };
  });
  return select(logits_NV) as tf.Tensor1D;
}

function computeEntropy(logits_NV: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() => {
    const logprobs_NV = tf.logSoftmax(logits_NV);
    return tf.neg(tf.sum(tf.mul(tf.exp(logprobs_NV), logprobs_NV), 1)) as tf.Tensor1D;
  });
}
