import type { VisionLanguageModel } from '../../src/engine/models/vision-language-model.ts';
import {
  type CompletionScores,
  type SequenceBatch,
  scoreCompletions,
  uploadSequenceBatch,
} from '../../src/engine/training/batch.ts';

/** Scores a batch that is still on the host op by op: the reference for passes and samplers. */
export function computeCompletionLogprobs(model: VisionLanguageModel, batch: SequenceBatch): CompletionScores {
  return scoreCompletions(model, uploadSequenceBatch(batch, model));
}
