import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countSamplingFlops, countTrainingFlops } from '../../../bench/support/flops.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import { parseModelConfig } from '../../../src/engine/models/qwen2_5_vl/config.ts';
import type { ProcessedImage } from '../../../src/engine/processing/processor.ts';

// Counted by `torch.utils.flop_counter` on rise-tiny in transformers 5.23.
const DECODER_FLOPS = 39_734_400; // 50 tokens, logits of each
const IMAGE_FLOPS = 25_100_288; // 8 x 8 patches

const config = parseModelConfig(JSON.parse(readFileSync(join(packageRoot, 'models/rise-tiny/config.json'), 'utf8')));
const { vocabSize, hiddenSize, layerCount } = config.text;
const anImage: ProcessedImage = { pixelValues: new Float32Array(0), gridThw: [1, 8, 8] };
const aSequence = (images: ProcessedImage[], completionTokens: number) => ({
  prompt: { tokenIds: Array<number>(50).fill(1), images },
  completionTokens,
});

describe('Floating-point operations of a bench', () => {
  it('are what PyTorch counts, less the masked half of attention and the logits that nobody reads', () => {
    const maskedAttention = 4 * layerCount * hiddenSize * ((50 * 49) / 2);
    const unreadLogits = 49 * 2 * vocabSize * hiddenSize;
    const flops = countSamplingFlops(config, [aSequence([], 1)]);
    expect(flops + maskedAttention + unreadLogits).toBe(DECODER_FLOPS);
  });

  it('count an image that siblings share once', () => {
    const siblings = (images: ProcessedImage[]) => [aSequence(images, 4), aSequence(images, 9)];
    for (const count of [countSamplingFlops, countTrainingFlops]) {
      expect(count(config, siblings([anImage])) - count(config, siblings([]))).toBe(IMAGE_FLOPS);
    }
  });

  it('are the same whether tokens were sampled one by one or read at once', () => {
    const sampled = countSamplingFlops(config, [aSequence([], 9)]);
    const prompt = { tokenIds: Array<number>(58).fill(1), images: [] };
    const logits = 8 * 2 * vocabSize * hiddenSize;
    expect(sampled).toBe(countSamplingFlops(config, [{ prompt, completionTokens: 1 }]) + logits);
  });
});
