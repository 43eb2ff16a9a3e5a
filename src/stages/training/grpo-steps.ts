// Shape suffixes: N = completion tokens of a micro-batch, flat.
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { buildSequenceBatch, computeCompletionLogprobs, type TrainingSequence } from '../../engine/batch.ts';
import { grpoLoss } from '../../engine/losses/grpo-loss.ts';
import { sumGrpoMetrics } from '../../engine/losses/grpo-metrics.ts';
import type { Qwen25VL } from '../../engine/models/qwen2_5_vl/model.ts';
import type { Trainer } from '../../engine/train-step.ts';
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
      const sampling = Float32Array.from(micro.flatMap(({ samplingLogprobs }) => samplingLogprobs));
      const advantages = Float32Array.from(
        micro.flatMap(({ advantage, completionIds }) => completionIds.map(() => advantage)),
      );
      const referenceLogprobs =
        reference && tf.tidy(() => computeCompletionLogprobs(reference, batch).logprobs_N.dataSync());
      yield () => {
        const { logprobs_N, entropy_N } = computeCompletionLogprobs(model, batch);
        const metrics = sumGrpoMetrics(logprobs_N.dataSync(), sampling, advantages, config);
        sums.clippedTokens += metrics.clippedTokens;
        sums.approximateKl += metrics.approximateKl;
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

  const { loss, gradNorm, learningRate } = trainer.step(losses());
  return {
    'loss/policy': loss,
    'loss/clipFraction': sums.clippedTokens / tokenCount,
    'loss/approximateKl': sums.approximateKl / tokenCount,
    'policy/entropy': sums.entropy / tokenCount,
    'optimizer/gradNorm': gradNorm,
    'optimizer/learningRate': learningRate,
  };
}
