import * as tf from '@tensorflow/tfjs-core';
import { adoptWeights } from '../models/adopt-weights.ts';
import { runAsItIs, type VisionLanguageModel } from '../models/vision-language-model.ts';
import type { Executor } from '../runtime/executor.ts';
import { choosePadding, type PadBatch } from '../runtime/padding.ts';
import { listTensors } from '../runtime/tensor-tree.ts';
import {
  buildSequenceBatch,
  countRows,
  scoreCompletions,
  type TrainingSequence,
  uploadSequenceBatch,
} from './batch.ts';
import { runInOrder } from './checkpointing.ts';
import { type MemoryBounds, planSegments, type SegmentPlan } from './plan-segments.ts';

/** Log-probabilities, without gradient, of every completion token under a model, sequence after sequence. */
export type CompletionScorer = (sequences: readonly TrainingSequence[]) => Float32Array;

export interface ScorerSettings {
  /** For traced graphs; without it each size is rounded up on its own. */
  pad?: PadBatch;
  bounds?: MemoryBounds;
}

interface ScorerInputs {
  batch: ReturnType<typeof uploadSequenceBatch>;
  plan: SegmentPlan;
}

/** Scores completions inside an executor, which takes the model's weights in. */
export function createCompletionScorer(
  model: VisionLanguageModel,
  executor: Executor,
  { pad, bounds }: ScorerSettings = {},
): CompletionScorer {
  adoptWeights(executor, model);
  const score = executor.define(({ batch, plan: { chunkTokens } }: ScorerInputs) => {
    const chunk = chunkTokens === undefined ? undefined : { tokens: chunkTokens, run: runInOrder(executor) };
    return scoreCompletions(model, batch, { runBlock: runAsItIs, chunk }).logprobs_N;
  });
  return (sequences) => {
    const batch = buildSequenceBatch(sequences, model.config, choosePadding(executor, pad));
    const inputs = {
      batch: uploadSequenceBatch(batch, model),
      plan: planSegments(model.config, countRows(batch), bounds),
    };
    const logprobs_N = score(inputs);
    const logprobs = logprobs_N.dataSync<'float32'>().slice(0, batch.completionTokenCount);
    tf.dispose([...listTensors(inputs), logprobs_N]);
    return logprobs;
  };
}
