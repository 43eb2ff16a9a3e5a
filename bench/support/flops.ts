import * as tf from '@tensorflow/tfjs-core';
import type { Qwen25VLConfig } from '../../src/engine/models/qwen2_5_vl/config.ts';
import { Qwen25VL } from '../../src/engine/models/qwen2_5_vl/model.ts';
import { listWeightShapes } from '../../src/engine/models/qwen2_5_vl/weight-shapes.ts';
import type { VisionLanguageModel } from '../../src/engine/models/vision-language-model.ts';
import type { ProcessedImage, ProcessedPrompt } from '../../src/engine/processing/processor.ts';

/** A prompt and how many tokens follow it. */
export interface CountedSequence {
  prompt: ProcessedPrompt;
  completionTokens: number;
}

/** What operations are counted by. Throws for a model of another architecture. */
export function qwenConfigOf(model: VisionLanguageModel): Qwen25VLConfig {
  if (model instanceof Qwen25VL) return model.config;
  throw new Error('operations are counted of Qwen2.5-VL alone; count those of this architecture too');
}

/**
 * Floating-point operations that a GRPO step needs: multiplications and additions of the matrix products, each real token
 * and each distinct image once, the backward pass of the decoder at twice its forward pass. Padding, and what an
 * implementation computes twice, is not counted, so that implementations compare.
 */
export function countTrainingFlops(config: Qwen25VLConfig, sequences: readonly CountedSequence[]): number {
  const decoder = sequences.map(
    ({ prompt, completionTokens }) =>
      decoderFlops(config, 0, prompt.tokenIds.length + completionTokens - 1) + headFlops(config, completionTokens),
  );
  return visionFlops(config, sequences) + 3 * sum(decoder);
}

/** As `countTrainingFlops`, for sampling: each distinct prompt once, then every completion token but the last. */
export function countSamplingFlops(config: Qwen25VLConfig, sequences: readonly CountedSequence[]): number {
  const prompts = [...new Set(sequences.map(({ prompt }) => prompt))];
  const prefill = prompts.map(({ tokenIds }) => decoderFlops(config, 0, tokenIds.length));
  const decoding = sequences.map(
    ({ prompt: { tokenIds }, completionTokens }) =>
      decoderFlops(config, tokenIds.length, tokenIds.length + completionTokens - 1) +
      headFlops(config, completionTokens),
  );
  return visionFlops(config, sequences) + sum(prefill) + sum(decoding);
}

/** Tokens at positions `from .. to - 1`, each attending to all before it and to itself. */
function decoderFlops(config: Qwen25VLConfig, from: number, to: number): number {
  const { layerCount, headCount, headSize } = config.text;
  const attended = (to * (to + 1) - from * (from + 1)) / 2;
  return 2 * matrixSize(config, 'model.layers.') * (to - from) + 4 * layerCount * headCount * headSize * attended;
}

function headFlops({ text }: Qwen25VLConfig, tokens: number): number {
  return 2 * text.vocabSize * text.hiddenSize * tokens;
}

function visionFlops(config: Qwen25VLConfig, sequences: readonly CountedSequence[]): number {
  const images = new Set(sequences.flatMap(({ prompt }) => prompt.images));
  return sum([...images].map((image) => imageFlops(config, image)));
}

/** Windows at the border count as whole ones, unless the image is smaller. */
function imageFlops(config: Qwen25VLConfig, { gridThw: [frames, rows, columns] }: ProcessedImage): number {
  const { depth, hiddenSize, fullAttentionBlocks, mergeSize, windowSize } = config.vision;
  const patches = frames * rows * columns;
  const window = Math.min(patches, (windowSize * mergeSize) ** 2);
  const attended = fullAttentionBlocks.size * patches + (depth - fullAttentionBlocks.size) * window;
  const perPatch = matrixSize(config, 'visual.patch_embed.') + matrixSize(config, 'visual.blocks.');
  const merged = (patches / mergeSize ** 2) * matrixSize(config, 'visual.merger.');
  return 2 * (perPatch * patches + merged) + 4 * hiddenSize * patches * attended;
}

/** Elements of the weights under a prefix that are matrices. */
function matrixSize(config: Qwen25VLConfig, prefix: string): number {
  const matrices = [...listWeightShapes(config)].filter(([name, { length }]) => name.startsWith(prefix) && length > 1);
  return sum(matrices.map(([, shape]) => shape.reduce((product, length) => product * length, 1)));
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const MATMUL_SIZE = 1024;

/** GFLOP/s of a square float32 product: the best of several, which is what the machine can do. */
export function measureMatmul(): number {
  const factors = [1, 2].map((seed) => tf.randomUniform([MATMUL_SIZE, MATMUL_SIZE], 0, 1, 'float32', seed));
  const seconds = Array.from({ length: 20 }, () => {
    const started = performance.now();
    tf.matMul(factors[0], factors[1]).dispose();
    return (performance.now() - started) / 1000;
  });
  tf.dispose(factors);
  return (2 * MATMUL_SIZE ** 3) / Math.min(...seconds) / 1e9;
}
