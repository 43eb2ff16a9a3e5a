// Shape suffixes: N = completion tokens of a micro-batch, flat; padding follows them.
import * as tf from '@tensorflow/tfjs-core';
import { createImageEncoder } from '../models/image-encoder.ts';
import { runAsItIs, type VisionLanguageModel } from '../models/vision-language-model.ts';
import type { GradientBuffer } from '../optim/gradient-buffer.ts';
import type { Executor } from '../runtime/executor.ts';
import { choosePadding, type PadBatch } from '../runtime/padding.ts';
import { listTensors } from '../runtime/tensor-tree.ts';
import {
  buildSequenceBatch,
  type CompletionScores,
  countRows,
  type SequenceTensors,
  scoreCompletions,
  type TrainingSequence,
  uploadSequenceBatch,
} from './batch.ts';
import { createCheckpointing } from './checkpointing.ts';
import { withLargeWeights } from './large-weights.ts';
import type { Objective, Tokens, ToldValues } from './objective.ts';
import { MEMORY_BOUNDS, type MemoryBounds, planSegments, type SegmentPlan } from './plan-segments.ts';

/** What one micro-batch adds to an optimizer step. */
export interface CompletionResult {
  loss: number;
  /** The weights that its loss depends on: their gradients wait in the buffer. */
  learned: readonly string[];
  /** Log-probabilities and entropies, in nats, of the N completion tokens, in order. */
  logprobs: Float32Array;
  entropies: Float32Array;
  /** Tokens that the model read, without and with those that pad. */
  tokens: number;
  paddedTokens: number;
}

/**
 * Loss and gradients of one micro-batch.
 *
 * @param values N numbers each
 * @param normalizer of the whole accumulated batch
 * @param seed of what the model drops; without it nothing is dropped
 */
export type CompletionPass<Values> = (
  sequences: readonly TrainingSequence[],
  values: ToldValues<Values, Float32Array>,
  normalizer: number,
  seed?: number,
) => CompletionResult;

export interface PassSettings<Values> {
  /** The weights to differentiate by, by name. */
  variables: ReadonlyMap<string, tf.Variable>;
  gradients: GradientBuffer;
  objective: Pick<Objective<Values>, 'tokenLoss'>;
  /** For traced graphs; without it each size is rounded up on its own. */
  pad?: PadBatch;
  bounds?: MemoryBounds;
}

interface PassInputs<Values> {
  batch: SequenceTensors;
  values_N: ToldValues<Values, tf.Tensor1D>;
  normalizer: tf.Scalar;
  plan: SegmentPlan;
  seed?: tf.Scalar;
}

/**
 * Forward and backward pass over completions, whose gradients are added to a buffer.
 * Where the executor runs traced graphs, batches are padded, so that few graphs serve a job.
 */
export function createCompletionPass<Values>(
  model: VisionLanguageModel,
  executor: Executor,
  { variables, gradients, objective, pad, bounds = MEMORY_BOUNDS }: PassSettings<Values>,
): CompletionPass<Values> {
  const differentiate = executor.define(({ batch, values_N, normalizer, plan, seed }: PassInputs<Values>) => {
    const checkpointing = createCheckpointing(executor, variables, gradients);
    const { run, anchor, learned } = checkpointing;
    const segments = {
      runBlock: plan.blocks === 'recomputed' ? run : runAsItIs,
      chunk: plan.chunkTokens === undefined ? undefined : { tokens: plan.chunkTokens, run },
    };
    let scores: CompletionScores | undefined;
    const dropping = seed && model.withDropout ? model.withDropout(seed) : model;
    const trained = withLargeWeights(dropping, executor, variables, gradients, checkpointing, bounds.gradient);
    const { value, grads } = tf.variableGrads(() => {
      scores = scoreCompletions(trained, batch, segments);
      tf.keep(scores.logprobs_N);
      tf.keep(scores.entropy_N);
      const loss_N = objective.tokenLoss({ ...values_N, policy: scores.logprobs_N } as Tokens<Values, tf.Tensor1D>);
      return tf.div(tf.sum(loss_N), normalizer) as tf.Scalar;
    }, [...variables.values(), anchor]);
    anchor.dispose();
    // A loss does not depend on every weight.
    const found = new Map(
      [...variables].flatMap(([name, { name: own }]) => (own in grads ? [[name, grads[own]]] : [])),
    );
    gradients.add(found);
    return {
      loss: value,
      ...scores!,
      learned: [...variables.keys()].filter((name) => found.has(name) || learned.has(name)),
    };
  });
  const isVisionFrozen = ![...variables.keys()].some((name) => model.isVisionWeight(name));
  const encodeImages = isVisionFrozen ? createImageEncoder(model, executor) : undefined;
  return (sequences, values, normalizer, seed) => {
    const batch = buildSequenceBatch(sequences, model.config, choosePadding(executor, pad));
    const tensors = uploadSequenceBatch(batch, model, encodeImages);
    const inputs = {
      batch: tensors,
      values_N: uploadValues(tensors, values),
      normalizer: tf.scalar(normalizer),
      plan: planSegments(model.config, countRows(batch), bounds),
      ...(seed !== undefined && { seed: tf.scalar(seed | 0, 'int32') }),
    };
    const outputs = differentiate(inputs);
    const count = batch.completionTokenCount;
    const result = {
      loss: outputs.loss.dataSync()[0],
      learned: outputs.learned,
      logprobs: outputs.logprobs_N.dataSync<'float32'>().subarray(0, count),
      entropies: outputs.entropy_N.dataSync<'float32'>().subarray(0, count),
      tokens: batch.input.spans.reduce((sum, { length }) => sum + length, 0),
      paddedTokens: batch.input.tokenIds.length,
    };
    tf.dispose([...listTensors(inputs), ...listTensors(outputs)]);
    return result;
  };
}

/** Numbers of tokens as tensors, with zeros at padding. */
function uploadValues<Values>(
  { targetIds_N }: SequenceTensors,
  values: ToldValues<Values, Float32Array>,
): ToldValues<Values, tf.Tensor1D> {
  const present = Object.entries<Float32Array | undefined>(values).filter((entry) => entry[1] !== undefined);
  const tensors = present.map(([name, numbers]) => {
    const padded = new Float32Array(targetIds_N.size);
    padded.set(numbers!);
    return [name, tf.tensor1d(padded)];
  });
  return Object.fromEntries(tensors) as ToldValues<Values, tf.Tensor1D>;
}
