import type { Qwen25VLConfig } from '../../engine/models/qwen2_5_vl/config.ts';
import { FLOAT32 } from './weights.ts';

/** What a pass of training may hold at once before it is cut, in bytes. */
const BOUNDS = { activations: 2 ** 31, logits: 2 ** 28 };

/** How the engine cuts a pass: see docs/memory.md. */
export interface Segments {
  /** What the insides of a block are when the backward pass comes to it. */
  blocks: 'kept' | 'recomputed';
  /** Tokens whose logits are held at once. */
  scoredTokens: number;
  /** Whether the head's gradient goes straight to its buffer, and does not wait for that of tied embeddings. */
  isHeadApart: boolean;
}

export function segmentsOf({ text }: Qwen25VLConfig, tokens: number, completionTokens: number): Segments {
  const { layerCount, hiddenSize: D, intermediateSize: I, keyValueHeadCount, headSize, vocabSize } = text;
  const kept = FLOAT32 * tokens * layerCount * (6 * D + 2 * keyValueHeadCount * headSize + 3 * I);
  const logits = FLOAT32 * vocabSize;
  const isHeadApart = Math.max(completionTokens, D) * logits > BOUNDS.logits;
  const chunk = Math.max(1, Math.floor(BOUNDS.logits / logits));
  return {
    blocks: kept > BOUNDS.activations ? 'recomputed' : 'kept',
    scoredTokens: isHeadApart ? Math.min(completionTokens, chunk) : completionTokens,
    isHeadApart,
  };
}
