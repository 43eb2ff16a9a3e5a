import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import type { Executor } from '../runtime/executor.ts';
import { measureBatch, type TrainingSequence } from './batch.ts';
import { createCompletionScorer } from './completion-scorer.ts';
import { planMicroBatches } from './plan-micro-batches.ts';
import { planPadding } from './plan-padding.ts';

/**
 * Log-probabilities, without gradient, of each sequence's completion tokens under a model.
 *
 * @param size sequences per forward pass
 */
export function scoreSequences(
  model: VisionLanguageModel,
  executor: Executor,
  sequences: readonly TrainingSequence[],
  size: number,
): Float32Array[] {
  const microBatches = planMicroBatches(sequences, size);
  const pad = planPadding(microBatches.map(measureBatch), model.weightCount);
  const score = createCompletionScorer(model, executor, { pad });
  const logprobs = new Map<TrainingSequence, Float32Array>();
  for (const micro of microBatches) {
    const all = score(micro);
    let first = 0;
    for (const sequence of micro) {
      const end = first + sequence.completionIds.length;
      logprobs.set(sequence, all.slice(first, end));
      first = end;
    }
  }
  return sequences.map((sequence) => logprobs.get(sequence)!);
}
