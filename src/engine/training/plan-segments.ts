import type { ModelConfig } from '../models/model-config.ts';
import type { BatchSizes } from '../runtime/padding.ts';

/** What a pass may hold at once, in bytes: above it, it is cut. */
export interface MemoryBounds {
  /** Of what the decoder's blocks keep for the backward pass. */
  activations: number;
  /** Of the logits; and of the head's gradient, which goes straight to its buffer where it is larger. */
  logits: number;
  /** Of copies in bf16 of the trained matrices: above it, products round each of them at each use, but for the head. */
  copies: number;
  /** Of a matrix's gradient: that of a larger one goes to its buffer some rows at a time. */
  gradient: number;
}

/** A weight's size. */
interface Sized {
  readonly shape: readonly number[];
}

/** Models of some hundred million weights keep under it what short sequences need, and lose no time. */
export const MEMORY_BOUNDS: MemoryBounds = {
  activations: 2 ** 30,
  logits: 2 ** 27,
  copies: 2 ** 28,
  gradient: 2 ** 28,
};

/** How a pass is cut. */
export interface SegmentPlan {
  /** What the insides of a block are when the backward pass comes to it. */
  blocks: 'kept' | 'recomputed';
  /** Completion tokens whose logits are held at once; absent where the head is not cut off. */
  chunkTokens?: number;
}

/** How a batch of so many tokens, its padding included, is to be run. */
export function planSegments(
  { text }: Pick<ModelConfig, 'text'>,
  { tokens, completionTokens }: Pick<BatchSizes, 'tokens' | 'completionTokens'>,
  bounds: MemoryBounds = MEMORY_BOUNDS,
): SegmentPlan {
  const logitsOfToken = 4 * text.vocabSize;
  const isLarge = Math.max(completionTokens, text.hiddenSize) * logitsOfToken > bounds.logits;
  return {
    blocks: countActivationBytes(text, tokens) > bounds.activations ? 'recomputed' : 'kept',
    ...(isLarge && { chunkTokens: Math.max(1, Math.floor(bounds.logits / logitsOfToken)) }),
  };
}

/**
 * How a trained weight is held, of all of them: with a copy that products in bf16 read, or alone. The head, or the embeddings that are
 * it, has its copy in any case: each chunk of tokens reads it.
 */
export function planCopies(
  trained: Iterable<Sized>,
  { text }: Pick<ModelConfig, 'text'>,
  bounds: MemoryBounds = MEMORY_BOUNDS,
): (weight: Sized) => 'float32' | 'float32-alone' {
  const isOfBlocks = ({ shape }: Sized) => shape.length === 2 && shape[0] !== text.vocabSize;
  const copied = [...trained].filter(isOfBlocks).reduce((sum, { shape: [rows, width] }) => sum + 2 * rows * width, 0);
  return (weight) => (copied > bounds.copies && isOfBlocks(weight) ? 'float32-alone' : 'float32');
}

/**
 * What a decoder's blocks keep of tokens for the backward pass, in float32: the inputs of two norms and of four linear layers, queries,
 * keys and values, and the two halves of the MLP. All query heads together are as wide as the model.
 */
export function countActivationBytes(text: ModelConfig['text'], tokens: number): number {
  const { layerCount, hiddenSize: D, intermediateSize: I, keyValueHeadCount, headSize } = text;
  return 4 * tokens * layerCount * (6 * D + 2 * keyValueHeadCount * headSize + 3 * I);
}
