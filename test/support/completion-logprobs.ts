import type { Qwen25VL } from '../../src/engine/models/qwen2_5_vl/model.ts';
import {
  type CompletionScores,
  type SequenceBatch,
  scoreCompletions,
  uploadSequenceBatch,
} from '../../src/engine/training/batch.ts';

/** Scores a batch that is still on the host op by op: the reference for passes and samplers. */
export function computeCompletionLogprobs(model: Qwen25VL, batch: SequenceBatch): CompletionScores {
  return scoreCompletions(model, uploadSequenceBatch(batch, model.config));
}
