import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { TrainingSequence } from '../../engine/batch.ts';
import { type CompletionGradients, type CompletionPass, createCompletionPass } from '../../engine/completion-pass.ts';
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
  trainer: Trainer;
  pass: CompletionPass<never>;
}

/** @param microBatches of the whole job, those before a resume included */
export function createSftPass(model: Qwen25VL, trainer: Trainer, microBatches: number): CompletionPass<never> {
  return createCompletionPass(
    model,
    trainer.variables,
    (logprobs_N, _values, tokenCount) => sftLoss(logprobs_N, tokenCount),
    microBatches,
  );
}

/**
 * One optimizer step on the responses of some sequences, token mean over all of them.
 *
 * @throws InterruptedError before the step, when the worker is asked to stop
 */
export async function takeSftStep(
  deps: JobDeps,
  { trainer, pass }: SftModels,
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
  function* runMicroBatches(): Generator<CompletionGradients> {
    for (const micro of planMicroBatches(sequences, microBatchSequences)) yield pass.run(micro, {}, tokenCount);
  }
  return trainer.step(runMicroBatches());
}
