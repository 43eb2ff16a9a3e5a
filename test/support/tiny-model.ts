import { createRandom } from '../../src/base/random.ts';
import { parseModelConfig, type Qwen25VLConfig } from '../../src/engine/models/qwen2_5_vl/config.ts';
import { initializeWeights } from '../../src/engine/models/qwen2_5_vl/initialize-weights.ts';
import { Qwen25VL } from '../../src/engine/models/qwen2_5_vl/model.ts';
import type { ProcessedImage, ProcessedPrompt } from '../../src/engine/processing/processor.ts';
import { loadBackend } from '../../src/engine/runtime/backend.ts';

export const IMAGE_TOKEN = 30;

/** Dimensions of a Qwen2.5-VL small enough for finite differences: windows of 2 x 2 merged patches, grouped queries. */
export const tinyConfig: Qwen25VLConfig = parseModelConfig({
  model_type: 'qwen2_5_vl',
  image_token_id: IMAGE_TOKEN,
  tie_word_embeddings: false,
  hidden_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 24,
  vocab_size: 32,
  rope_scaling: { mrope_section: [1, 1, 1] },
  vision_config: {
    depth: 2,
    hidden_size: 8,
    num_heads: 2,
    intermediate_size: 12,
    patch_size: 2,
    window_size: 8,
    fullatt_block_indexes: [1],
    out_hidden_size: 24,
  },
});

export function aTinyModel(seed = 1): Qwen25VL {
  loadBackend();
  return new Qwen25VL(tinyConfig, initializeWeights(tinyConfig, seed));
}

/** Random pixels of `rows` x `columns` patches. */
export function anImage(rows: number, columns: number, seed = 7): ProcessedImage {
  const random = createRandom(seed);
  const pixelValues = Float32Array.from(
    { length: rows * columns * tinyConfig.vision.patchLength },
    () => 2 * random.next() - 1,
  );
  return { pixelValues, gridThw: [1, rows, columns] };
}

/** A prompt of `textLength` random text tokens after its images. */
export function aPrompt(textLength: number, images: ProcessedImage[] = [], seed = 3): ProcessedPrompt {
  const random = createRandom(seed);
  const imageTokens = images.flatMap(({ gridThw: [, rows, columns] }) => [
    ...Array<number>((rows * columns) / tinyConfig.vision.mergeSize ** 2).fill(IMAGE_TOKEN),
    1,
  ]);
  return { tokenIds: [...imageTokens, ...Array.from({ length: textLength }, () => 2 + random.int(25))], images };
}
