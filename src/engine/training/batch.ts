// Shape suffixes: M = tokens of all sequences, N = completion tokens, D = model width, V = vocabulary.
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../models/model-config.ts';
import { createModelInput, type InputSequence, type ModelInput, measureInput } from '../models/model-input.ts';
import {
  type ImageEncoder,
  type RunSegment,
  runAsItIs,
  type TensorTree,
  type VisionLanguageModel,
} from '../models/vision-language-model.ts';
import type { ProcessedPrompt } from '../processing/processor.ts';
import { scoreTokens, type TokenScores } from '../runtime/kernels/token-scores.ts';
import { type BatchSizes, NO_PADDING, type PadBatch, padEach } from '../runtime/padding.ts';

/** What a loss is told of completion tokens besides their ids: by the names in `Values`, numbers in some form. */
export type TokenValues<Values, Numbers> = { [Name in keyof Values]: Numbers };

/** A prompt and the completion to score or learn. */
export interface TrainingSequence<Values = object> {
  prompt: ProcessedPrompt;
  completionIds: readonly number[];
  /** As many numbers each as `completionIds`; all sequences of a batch have the same ones. */
  values?: Readonly<TokenValues<Values, ArrayLike<number>>>;
}

/**
 * Sequences ready for one pass. Their completion tokens are numbered 0 .. N-1, sequence after sequence; padding
 * follows.
 */
export interface SequenceBatch {
  input: ModelInput;
  /** N: for each completion token, the row (of M) whose hidden state predicts it. */
  predictingRows: Int32Array;
  /** N completion token ids. */
  targetIds: Int32Array;
  /** Without padding. */
  completionTokenCount: number;
}

/** How many rows a batch has, its padding included. */
export const countRows = ({ input, targetIds }: SequenceBatch) => ({
  tokens: input.tokenIds.length,
  completionTokens: targetIds.length,
});

/** Sizes of sequences, without padding. */
export function measureBatch(sequences: readonly TrainingSequence[]): BatchSizes {
  const completionTokens = sequences.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
  return { ...measureInput(sequences.map(toInput)), completionTokens };
}

/** The last completion token needs no row of its own: nothing is predicted from it. */
const toInput = ({ prompt, completionIds }: TrainingSequence): InputSequence => ({
  prompt,
  continuationIds: completionIds.slice(0, -1),
});

/**
 * Lays sequences out one after another.
 *
 * @param pad enlarges the batch, so that batches share few shapes
 */
export function buildSequenceBatch(
  sequences: readonly TrainingSequence[],
  config: ModelConfig,
  pad: PadBatch = padEach(NO_PADDING),
): SequenceBatch {
  const sizes = pad(measureBatch(sequences));
  const input = createModelInput(sequences.map(toInput), config, sizes);
  const predictingRows = sequences.flatMap(({ prompt, completionIds }, b) =>
    completionIds.map((_, at) => input.spans[b].firstRow + prompt.tokenIds.length - 1 + at),
  );
  const completionTokenCount = predictingRows.length;
  const size = sizes.completionTokens;
  return {
    input,
    predictingRows: padInt32(predictingRows, size),
    targetIds: padInt32(
      sequences.flatMap(({ completionIds }) => completionIds),
      size,
    ),
    completionTokenCount,
  };
}

function padInt32(values: readonly number[], size: number): Int32Array {
  const padded = new Int32Array(size);
  padded.set(values);
  return padded;
}

/** A batch as tensors: all that scoring reads besides weights, so that a graph can take it. */
export interface SequenceTensors {
  input: TensorTree;
  predictingRows_N: tf.Tensor1D;
  targetIds_N: tf.Tensor1D;
  /** 1 for completion tokens, 0 for padding. */
  isToken_N: tf.Tensor1D;
}

/** The caller disposes the tensors. */
export function uploadSequenceBatch(
  batch: SequenceBatch,
  model: VisionLanguageModel,
  encodeImages?: ImageEncoder,
): SequenceTensors {
  const { input, predictingRows, targetIds, completionTokenCount } = batch;
  return {
    input: model.uploadInput(input, encodeImages),
    predictingRows_N: tf.tensor1d(predictingRows, 'int32'),
    targetIds_N: tf.tensor1d(targetIds, 'int32'),
    isToken_N: tf.tensor1d(new Float32Array(targetIds.length).fill(1, 0, completionTokenCount)),
  };
}

/** What a model says of completion tokens; 0 at padding. */
export interface CompletionScores {
  /** Log-probability of each completion token (differentiable). */
  logprobs_N: tf.Tensor1D;
  /** Entropy, in nats, of the distribution it was drawn from (a metric, without gradient). */
  entropy_N: tf.Tensor1D;
}

/** How a forward pass is cut, so that less is held at once. */
export interface PassSegments {
  runBlock: RunSegment;
  /** Tokens whose logits are held at once; what scores so many. Without it, those of all are. */
  chunk?: { tokens: number; run: RunSegment };
}

/** Scores each completion token under the model, given all before it. */
export function scoreCompletions(
  model: VisionLanguageModel,
  batch: SequenceTensors,
  { runBlock, chunk }: PassSegments = { runBlock: runAsItIs },
): CompletionScores {
  const { predictingRows_N, targetIds_N, isToken_N } = batch;
  const hidden_ND = model.computeHiddenStates(batch.input, { chosen_R: predictingRows_N, runBlock });
  const { logprobs_N, entropies_N } = chunk
    ? scoreInChunks(model, hidden_ND, targetIds_N, chunk)
    : scoreTokens(model.computeLogits(hidden_ND), targetIds_N);
  return { logprobs_N: tf.mul(logprobs_N, isToken_N), entropy_N: tf.mul(entropies_N, isToken_N) };
}

function scoreInChunks(
  model: VisionLanguageModel,
  hidden_ND: tf.Tensor2D,
  targetIds_N: tf.Tensor1D,
  { tokens, run }: NonNullable<PassSegments['chunk']>,
): TokenScores {
  const [count, width] = hidden_ND.shape;
  const parts = Array.from({ length: Math.ceil(count / tokens) }, (_, part) => {
    const first = part * tokens;
    const size = Math.min(tokens, count - first);
    return run(tf.slice(hidden_ND, [first, 0], [size, width]), (hidden_ND) => {
      const targets_N = tf.slice(targetIds_N, first, size);
      const { logprobs_N, entropies_N } = scoreTokens(model.computeLogits(hidden_ND), targets_N);
      return tf.stack([logprobs_N, entropies_N]) as tf.Tensor2D;
    });
  });
  const [logprobs_N, entropies_N] = tf.unstack(tf.concat(parts, 1)) as [tf.Tensor1D, tf.Tensor1D];
  return { logprobs_N, entropies_N };
}
