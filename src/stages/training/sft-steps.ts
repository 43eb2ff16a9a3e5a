import { setImmediate } from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { buildSequenceBatch, computeCompletionLogprobs, type TrainingSequence } from '../../engine/batch.ts';
import { sftLoss } from '../../engine/losses/sft-loss.ts';
import type { Qwen25VL } from '../../engine/models/qwen2_5_vl/model.ts';
import type { StepResult, Trainer } from '../../engine/train-step.ts';
import { InterruptedError } from '../../schema/errors.ts';
import type { JobDeps } from '../stage-deps.ts';
import { countCompletionTokens, planMicroBatches } from './batching.ts';

/** One line of the metrics file per optimizer step. */
export const SftStepMetrics = z.record(z.string(), z.number());
export type SftStepMetrics = z.infer<typeof SftStepMetrics>;

export interface SftModels {
  model: Qwen25VL;
  trainer: Trainer;
}

/**
 * One optimizer step on the responses of some sequences, token mean over all of them.
 *
 * @throws InterruptedError before the step, when the worker is asked to stop
 */
export async function takeSftStep(
  deps: JobDeps,
  { model, trainer }: SftModels,
  sequences: readonly TrainingSequence[],
  microBatchSequences: number,
): Promise<StepResult> {
  // Lets signal handlers run: everything inside a step is synchronous.
  await setImmediate();
  if (deps.signal.aborted) {
    throw new InterruptedError(
      `train-sft stopped after ${trainer.optimizer.stepCount} steps; rerun to go on from the last whole epoch`,
    );
  }
  const tokenCount = countCompletionTokens(sequences);
  function* losses(): Generator<() => tf.Scalar> {
    for (const micro of planMicroBatches(sequences, microBatchSequences)) {
      const batch = buildSequenceBatch(micro, model.config);
      yield () => sftLoss(computeCompletionLogprobs(model, batch).logprobs_N, tokenCount);
    }
  }
  return trainer.step(losses());
}
