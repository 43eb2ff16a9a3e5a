// Shape suffixes: N = completion tokens of a micro-batch, flat.
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import {
  buildSequenceBatch,
  scoreCompletions,
  type TrainingSequence,
  uploadSequenceBatch,
} from '../../engine/batch.ts';
import { type CompletionGradients, type CompletionPass, createCompletionPass } from '../../engine/completion-pass.ts';
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
  const batches = splitEvenly(createRandom(shuffleSeed).shuffle(sequences), config.stepsPerIteration);
  const pass = createGrpoPass(models, batches, config);
  for (const batch of batches) {
    // Lets signal handlers run: everything inside a step is synchronous.
    await setImmediate();
    if (deps.signal.aborted) {
      throw new InterruptedError(`train-grpo stopped after ${steps.length} steps; rerun to train this iteration again`);
    }
    steps.push(
      takeStep({ ...models, pass }, batch, config, (count) => {
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
  pass.dispose();
  return steps;
}

type GrpoPass = CompletionPass<'sampling' | 'advantages' | 'reference'>;

function createGrpoPass(
  { model, trainer }: GrpoModels,
  batches: readonly GrpoSequence[][],
  config: RlConfig,
): GrpoPass {
  const microBatches = batches.flatMap((batch) => planMicroBatches(batch, config.microBatchSequences)).length;
  return createCompletionPass(
    model,
    trainer.variables,
    (policyLogprobs_N, { sampling, advantages, reference }, tokenCount) =>
      grpoLoss({
        ...config,
        policyLogprobs_N,
        samplingLogprobs_N: sampling!,
        advantages_N: advantages!,
        referenceLogprobs_N: reference,
        tokenCount,
      }),
    microBatches,
  );
}

function takeStep(
  { trainer, reference, pass }: GrpoModels & { pass: GrpoPass },
  sequences: readonly GrpoSequence[],
  config: RlConfig,
  onMicroBatch: (sequences: number) => void,
): StepMetrics {
  const tokenCount = countCompletionTokens(sequences);
  const sums = { clippedTokens: 0, approximateKl: 0, entropy: 0 };

  function* runMicroBatches(): Generator<CompletionGradients> {
    for (const micro of planMicroBatches(sequences, config.microBatchSequences)) {
      const { sampling, advantages } = flattenTokens(micro);
      const referenceLogprobs = reference && computeConstantLogprobs(reference, micro);
      const result = pass.run(micro, { sampling, advantages, reference: referenceLogprobs }, tokenCount);
      const moved = sumGrpoMetrics(result.logprobs, sampling, advantages, config);
      sums.clippedTokens += moved.clippedTokens;
      sums.approximateKl += moved.approximateKl;
      for (const entropy of result.entropies) sums.entropy += entropy;
      yield result;
      onMicroBatch(micro.length);
    }
  }

  return describeStep(trainer.step(runMicroBatches()), sums, tokenCount);
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

function computeConstantLogprobs(model: Qwen25VL, sequences: readonly TrainingSequence[]): Float32Array {
  return tf.tidy(() => {
    const batch = uploadSequenceBatch(buildSequenceBatch(sequences, model.config), model.config);
    return scoreCompletions(model, batch).logprobs_N.dataSync<'float32'>();
  });
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
