import type { Qwen25VLConfig } from '../../engine/models/qwen2_5_vl/config.ts';
import type { Device, Precision } from '../work.ts';
import { BF16, FLOAT32 } from './weights.ts';

/** Bytes of the logits of completion tokens with their gradient, in training. */
export function trainingScores(
  { text }: Qwen25VLConfig,
  tokens: number,
  { precision, device }: { precision: Precision; device: Device },
): number {
  const rounded = precision === 'bf16' ? BF16 : 0;
  // TensorFlow's ops hold log-probabilities, their exponentials, targets and two steps of the gradient besides.
  const copies = device === 'cpu' ? 2 : 6;
  return tokens * text.vocabSize * (copies * FLOAT32 + rounded);
}

/** Bytes of the logits that tokens are drawn from: as they are, by temperature, and added up. */
export function sampledScores({ text }: Qwen25VLConfig, sequences: number): number {
  return 3 * FLOAT32 * sequences * text.vocabSize;
}
