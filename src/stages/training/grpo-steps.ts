// Shape suffixes: N = completion tokens of a micro-batch, flat.
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import {
  buildSequenceBatch,
  computeCompletionLogprobs,
  type SequenceBatch,
  type TrainingSequence,
} from '../../engine/batch.ts';
import { grpoLoss } from '../../engine/losses/grpo-loss.ts';
import { sumGrpoMetrics } from '../../engine/losses/grpo-metrics.ts';
import type { Qwen25VL } from '../../engine/models/qwen2_5_vl/model.ts';
import type { StepResult, Trainer } from '../../engine/train-step.ts';
import { InterruptedError } from '../../schema/errors.ts';
import { createRandom } from '../../schema/random.ts';
import type { RlConfig } from '../../schema/run-config.ts';
import type { JobDeps } from '../stage-deps.ts';
import { countCompletionTokens, planMicroBatches, splitEvenly } from './batching.ts';

/** A completion to learn from, its advantage, and its tokens' log-probabilities when it was sampled. */
export interface GrpoSequence extends TrainingSequence {
  samplingLogprobs: readonly number[];
  advantage: number;
}

export interface GrpoModels {
  model: Qwen25VL;
  trainer: Trainer;
  /** The frozen policy the KL term holds to; absent without that term. */
  reference?: Qwen25VL;
}

/** One line of the metrics file per optimizer step. */
export type StepMetrics = Record<string, number>;

/**
 * One pass over a rollout batch: a seeded shuffle, split evenly into `stepsPerIteration` optimizer steps, each
 * accumulated over micro-batches. Only the first step is on policy; the ratio to the sampler corrects the others.
 *
 * @throws InterruptedError between steps, when the worker is asked to stop
 */
export async function takeGrpoSteps(
  deps: JobDeps,
  models: GrpoModels,
  sequences: readonly GrpoSequence[],
  config: RlConfig,
  shuffleSeed: number,
): Promise<StepMetrics[]> {
  const steps: StepMetrics[] = [];
  let done = 0;
  for (const batch of splitEvenly(createRandom(shuffleSeed).shuffle(sequences), config.stepsPerIteration)) {
    // Lets signal handlers run: everything inside a step is synchronous.
    await setImmediate();
    if (deps.signal.aborted) {
      throw new InterruptedError(`train-grpo stopped after ${steps.length} steps; rerun to train this iteration again`);
    }
    steps.push(
      takeStep(models, batch, config, (count) => {
        done += count;
        deps.report({
          stage: 'train-grpo',
          done,
          total: sequences.length,
          unit: 'sequences',
          metrics: steps.at(-1),
        });
      }),
    );
  }
  return steps;
}

function takeStep(
  { model, trainer, reference }: GrpoModels,
  sequences: readonly GrpoSequence[],
  config: RlConfig,
  onMicroBatch: (sequences: number) => void,
): StepMetrics {
  const tokenCount = countCompletionTokens(sequences);
  const sums = { clippedTokens: 0, approximateKl: 0, entropy: 0 };

  function* losses(): Generator<() => tf.Scalar> {
    for (const micro of planMicroBatches(sequences, config.microBatchSequences)) {
      const batch = buildSequenceBatch(micro, model.config);
      const { sampling, advantages } = flattenTokens(micro);
      const referenceLogprobs = reference && computeConstantLogprobs(reference, batch);
      yield () => {
        const { logprobs_N, entropy_N } = computeCompletionLogprobs(model, batch);
        const moved = sumGrpoMetrics(logprobs_N.dataSync(), sampling, advantages, config);
        sums.clippedTokens += moved.clippedTokens;
        sums.approximateKl += moved.approximateKl;
        for (const entropy of entropy_N.dataSync<'float32'>()) sums.entropy += entropy;
        return grpoLoss({
          ...config,
          policyLogprobs_N: logprobs_N,
          samplingLogprobs_N: tf.tensor1d(sampling),
          advantages_N: tf.tensor1d(advantages),
          referenceLogprobs_N: referenceLogprobs && tf.tensor1d(referenceLogprobs),
          tokenCount,
        });
      };
      onMicroBatch(micro.length);
    }
  }

  return describeStep(trainer.step(losses()), sums, tokenCount);
}

/** Per completion token, in the order of the batch. */
function flattenTokens(sequences: readonly GrpoSequence[]): { sampling: Float32Array; advantages: Float32Array } {
  return {
    sampling: Float32Array.from(sequences.flatMap(({ samplingLogprobs }) => samplingLogprobs)),
    advantages: Float32Array.from(
      sequences.flatMap(({ advantage, completionIds }) => completionIds.map(() => advantage)),
    ),
  };
}

function computeConstantLogprobs(model: Qwen25VL, batch: SequenceBatch): Float32Array {
  const { logprobs_N, entropy_N } = tf.tidy(() => computeCompletionLogprobs(model, batch));
  const logprobs = logprobs_N.dataSync<'float32'>();
  tf.dispose([logprobs_N, entropy_N]);
  return logprobs;
}

function describeStep(
  { loss, gradNorm, learningRate }: StepResult,
  sums: { clippedTokens: number; approximateKl: number; entropy: number },
  tokenCount: number,
): StepMetrics {
  return {
    'loss/policy': loss,
    'loss/clipFraction': sums.clippedTokens / tokenCount,
    'loss/approximateKl': sums.approximateKl / tokenCount,
    'policy/entropy': sums.entropy / tokenCount,
    'optimizer/gradNorm': gradNorm,
    'optimizer/learningRate': learningRate,
  };
}
