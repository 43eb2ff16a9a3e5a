import type { Gpu } from './instance-types.ts';
import { cacheBytes } from './memory/cache.ts';
import { frozenWeights } from './memory/weights.ts';
import { countParameters, type ModelShape } from './model-shape.ts';
import { promptTokens, type RolloutWork, type TrainingWork } from './work.ts';

/**
 * Shares of a data sheet's peaks that are taken for granted, and what an op costs to launch. Arithmetic: no GPU was at hand, and
 * measuring one's own is what `--rollout-tokens-per-second` is for.
 */
const PRODUCT_SHARE = 0.35;
const READING_SHARE = 0.6;
const OP_SECONDS = 10e-6;
/** Ops of a decoding step in each layer, TensorFlow's own: 447 in a model of 4 layers were counted. */
const OPS_PER_LAYER = 110;

/** Multiplications and additions of a token, forward, by each number that products read: `2 N`. */
const forwardFlops = (shape: ModelShape) => {
  const { decoder, embeddings, head } = countParameters(shape);
  return 2 * (decoder + (head || embeddings));
};

/**
 * Completion tokens that a GPU samples in a second: each step launches its ops, reads weights and cache once, and multiplies for
 * every slot; each group's prompt is read once. Undefined where the GPU's peaks are not known.
 *
 * @param meanTokens of a completion
 */
export function rolloutTokensPerSecond(
  shape: ModelShape,
  work: RolloutWork,
  gpu: Gpu,
  meanTokens: number,
): number | undefined {
  const { peak } = gpu;
  if (!peak) return undefined;
  const flops = forwardFlops(shape);
  const room = promptTokens(work.prompt) + meanTokens;
  const bytes = frozenWeights(shape, work) + cacheBytes(shape.config, work.precision, work.sequences * room);
  const seconds = {
    launch: shape.config.text.layerCount * OPS_PER_LAYER * OP_SECONDS,
    reading: bytes / (READING_SHARE * peak.bytesPerSecond),
    products: (work.sequences * flops) / (PRODUCT_SHARE * peak.flopsPerSecond),
  };
  const step = seconds.launch + seconds.reading + seconds.products;
  const prefill = (promptTokens(work.prompt) * flops) / (PRODUCT_SHARE * peak.flopsPerSecond) / work.groupSize;
  return meanTokens / (prefill + (step * meanTokens) / work.sequences);
}

/**
 * Tokens, those of prompts counted, that a GPU learns from in a second: forward once, backward twice as much, or as much again
 * where the weights themselves have no gradient.
 */
export function trainingTokensPerSecond(shape: ModelShape, work: TrainingWork, gpu: Gpu): number | undefined {
  const { peak } = gpu;
  if (!peak) return undefined;
  const passes = work.adapter ? 2 : 3;
  return (PRODUCT_SHARE * peak.flopsPerSecond) / (passes * forwardFlops(shape));
}
