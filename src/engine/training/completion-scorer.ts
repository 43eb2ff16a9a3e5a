import * as tf from '@tensorflow/tfjs-core';
import { adoptWeights } from '../models/adopt-weights.ts';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import type { Executor } from '../runtime/executor.ts';
import { choosePadding, type PadBatch } from '../runtime/padding.ts';
import { listTensors } from '../runtime/tensor-tree.ts';
import { buildSequenceBatch, scoreCompletions, type TrainingSequence, uploadSequenceBatch } from './batch.ts';

/** Log-probabilities, without gradient, of every completion token under a model, sequence after sequence. */
export type CompletionScorer = (sequences: readonly TrainingSequence[]) => Float32Array;

/**
 * Scores completions inside an executor, which takes the model's weights in.
 *
 * @param pad for traced graphs; without it each size is rounded up on its own
 */
export function createCompletionScorer(
  model: VisionLanguageModel,
  executor: Executor,
  pad?: PadBatch,
): CompletionScorer {
  adoptWeights(executor, model);
  const score = executor.define(
    (batch: ReturnType<typeof uploadSequenceBatch>) => scoreCompletions(model, batch).logprobs_N,
  );
  return (sequences) => {
    const batch = buildSequenceBatch(sequences, model.config, choosePadding(executor, pad));
    const tensors = uploadSequenceBatch(batch, model);
    const logprobs_N = score(tensors);
    const logprobs = logprobs_N.dataSync<'float32'>().slice(0, batch.completionTokenCount);
    tf.dispose([...listTensors(tensors), logprobs_N]);
    return logprobs;
  };
}
