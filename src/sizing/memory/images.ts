import type { Qwen25VLConfig } from '../../engine/models/qwen2_5_vl/config.ts';
import { FLOAT32 } from './weights.ts';

/** Images of one size that go through the vision tower together. */
const IMAGES_PER_RUN = 16;

/**
 * Bytes that the vision tower holds of its images: their pixels, and one block's numbers, at their most in its MLP or, where
 * every patch attends to all of its image, in the scores and their softmax.
 */
export function imageBytes({ vision }: Qwen25VLConfig, images: number, tokensPerImage: number): number {
  const patches = tokensPerImage * vision.mergeSize ** 2;
  const { hiddenSize: D, intermediateSize: I, headCount } = vision;
  const attention = 5 * D + 2 * headCount * patches;
  const numbers = vision.patchLength + D + Math.max(D + 3 * I, attention);
  return FLOAT32 * Math.min(images, IMAGES_PER_RUN) * patches * numbers;
}
