// Shape suffixes: N = completion tokens of a micro-batch, flat; padding follows them.
import * as tf from '@tensorflow/tfjs-core';
import { createImageEncoder } from '../models/image-encoder.ts';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import { choosePadding, type PadBatch } from '../runtime/padding.ts';
import { listTensors } from '../runtime/tensor-tree.ts';
import {
  buildSequenceBatch,
  type CompletionScores,
  type SequenceTensors,
  scoreCompletions,
  type TrainingSequence,
  uploadSequenceBatch,
} from './batch.ts';
import type { MicroBatch, Trainer } from './train-step.ts';

/** Numbers of each completion token besides its id, by name: what a loss is told about it. */
export type TokenValues<Name extends string, T> = Partial<Record<Name, T>>;

/** A loss over completion tokens. Padding has log-probability 0 and values 0, and must add nothing. */
export type CompletionLoss<Name extends string> = (
  logprobs_N: tf.Tensor1D,
  values_N: TokenValues<Name, tf.Tensor1D>,
  tokenCount: tf.Scalar,
) => tf.Scalar;

/** What one micro-batch adds to an optimizer step. */
export interface CompletionResult extends MicroBatch {
  /** Of the N completion tokens, in order. */
  logprobs: Float32Array;
  entropies: Float32Array;
}

/** Loss and gradients of micro-batches. */
export interface CompletionPass<Name extends string> {
  /**
   * @param values N numbers each
   * @param tokenCount completion tokens of the whole accumulated batch
   */
  run(
    sequences: readonly TrainingSequence[],
    values: TokenValues<Name, Float32Array>,
    tokenCount: number,
  ): CompletionResult;
}

interface PassInputs<Name extends string> {
  batch: SequenceTensors;
  values_N: TokenValues<Name, tf.Tensor1D>;
  tokenCount: tf.Scalar;
}

/**
 * Forward and backward pass over completions, whose gradients the trainer's optimizer keeps for its next step.
 * Where the trainer runs traced graphs, batches are padded, so that few graphs serve a job.
 *
 * @param pad for traced graphs; without it each size is rounded up on its own
 */
export function createCompletionPass<Name extends string>(
  model: VisionLanguageModel,
  { executor, optimizer, variables }: Trainer,
  computeLoss: CompletionLoss<Name>,
  pad?: PadBatch,
): CompletionPass<Name> {
  const differentiate = executor.define(({ batch, values_N, tokenCount }: PassInputs<Name>) => {
    let scores: CompletionScores | undefined;
    const { value, grads } = tf.variableGrads(() => {
      scores = scoreCompletions(model, batch);
      tf.keep(scores.logprobs_N);
      tf.keep(scores.entropy_N);
      return computeLoss(scores.logprobs_N, values_N, tokenCount);
    }, [...variables.values()]);
    const gradients = new Map([...variables].map(([name, variable]) => [name, grads[variable.name]]));
    // A loss does not depend on every weight.
    for (const [name, gradient] of gradients) if (gradient === null) gradients.delete(name);
    optimizer.addGradients(gradients);
    return { loss: value, ...scores!, learned: [...gradients.keys()] };
  });
  const isVisionFrozen = ![...variables.keys()].some((name) => model.isVisionWeight(name));
  const encodeImages = isVisionFrozen ? createImageEncoder(model, executor) : undefined;
  return {
    run(sequences, values, tokenCount) {
      const batch = buildSequenceBatch(sequences, model.config, choosePadding(executor, pad));
      const inputs = uploadInputs(uploadSequenceBatch(batch, model, encodeImages), values, tokenCount);
      const outputs = differentiate(inputs);
      const count = batch.completionTokenCount;
      const result = {
        loss: outputs.loss.dataSync()[0],
        learned: outputs.learned,
        logprobs: outputs.logprobs_N.dataSync<'float32'>().subarray(0, count),
        entropies: outputs.entropy_N.dataSync<'float32'>().subarray(0, count),
        tokens: batch.input.places.reduce((sum, { length }) => sum + length, 0),
        paddedTokens: batch.input.tokenIds.length,
      };
      tf.dispose([...listTensors(inputs), ...listTensors(outputs)]);
      return result;
    },
  };
}

function uploadInputs<Name extends string>(
  batch: SequenceTensors,
  values: TokenValues<Name, Float32Array>,
  tokenCount: number,
): PassInputs<Name> {
  const pad = (numbers: Float32Array) => {
    const padded = new Float32Array(batch.targetIds_N.size);
    padded.set(numbers);
    return tf.tensor1d(padded);
  };
  const present = Object.entries<Float32Array | undefined>(values).filter((entry) => entry[1] !== undefined);
  return {
    batch,
    values_N: Object.fromEntries(present.map(([name, numbers]) => [name, pad(numbers!)])) as TokenValues<
      Name,
      tf.Tensor1D
    >,
    tokenCount: tf.scalar(tokenCount),
  };
}
