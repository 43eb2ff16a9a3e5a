import { sftLoss } from '../../engine/losses/sft-loss.ts';
import type { VisionLanguageModel } from '../../engine/models/vision-language-model.ts';
import type { TrainingSequence } from '../../engine/training/batch.ts';
import {
  type CompletionPass,
  type CompletionResult,
  createCompletionPass,
} from '../../engine/training/completion-pass.ts';
import { countCompletionTokens, planMicroBatches } from '../../engine/training/plan-micro-batches.ts';
import type { StepResult, Trainer } from '../../engine/training/train-step.ts';

export interface SftModels {
  trainer: Trainer;
  pass: CompletionPass<never>;
}

export function createSftPass(model: VisionLanguageModel, trainer: Trainer): CompletionPass<never> {
  return createCompletionPass(model, trainer, (logprobs_N, _values, tokenCount) => sftLoss(logprobs_N, tokenCount));
}

/** One optimizer step on the responses of some sequences, token mean over all of them. */
export function takeSftStep(
  { trainer, pass }: SftModels,
  sequences: readonly TrainingSequence[],
  microBatchSequences: number,
): StepResult {
  const tokenCount = countCompletionTokens(sequences);
  function* runMicroBatches(): Generator<CompletionResult> {
    for (const micro of planMicroBatches(sequences, microBatchSequences)) yield pass.run(micro, {}, tokenCount);
  }
  return trainer.step(runMicroBatches());
}
