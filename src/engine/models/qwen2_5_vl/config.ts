import { z } from 'zod';
import { UnsupportedModelError } from '../../../schema/errors.ts';
import { parseRopeSettings } from './rope-settings.ts';

/** Images are RGB. */
const CHANNELS = 3;

/** Side of a merged patch, in pixels; an image takes at least one. */
const MAX_PATCH = 1_000;

/** A number of layers, rows or the like. What is larger is no model but a mistake, and would be laid out in memory first. */
const size = (largest: number) => z.int().positive().max(largest);
const layers = size(1_000);
const width = size(1_000_000);

/** Defaults are those of `Qwen2_5_VLVisionConfig`: transformers 4.49 leaves out what equals them. */
const VisionConfig = z.object({
  depth: layers.default(32),
  hidden_size: width.default(3584),
  num_heads: size(10_000).default(16),
  intermediate_size: width.default(3420),
  patch_size: size(1_000).default(14),
  spatial_merge_size: size(100).default(2),
  temporal_patch_size: size(100).default(2),
  window_size: size(100_000).default(112),
  fullatt_block_indexes: z.array(z.int().nonnegative()).default([7, 15, 23, 31]),
  out_hidden_size: width.default(3584),
  in_channels: z.literal(3).optional(),
  in_chans: z.literal(3).optional(),
  hidden_act: z.literal('silu').default('silu'),
});

/** Defaults are those of `Qwen2_5_VLTextConfig`. */
const TextConfig = z.object({
  hidden_size: width.default(8192),
  num_hidden_layers: layers.default(80),
  num_attention_heads: size(10_000).default(64),
  num_key_value_heads: size(10_000).nullable().default(8),
  head_dim: size(100_000).nullish(),
  intermediate_size: width.default(29568),
  vocab_size: size(10_000_000).default(152064),
  max_position_embeddings: z.int().positive().default(32768),
  rms_norm_eps: z.number().positive().default(1e-5),
  tie_word_embeddings: z.boolean().nullish(),
  use_sliding_window: z.literal(false).nullish(),
  hidden_act: z.literal('silu').default('silu'),
});

const ModelConfig = z.object({
  model_type: z.literal('qwen2_5_vl'),
  image_token_id: z.int().nonnegative().default(151655),
  tie_word_embeddings: z.boolean().nullish(),
  vision_config: VisionConfig.prefault({}),
});

/** Qwen2.5-VL's dimensions, in our names. */
export interface Qwen25VLConfig {
  imageTokenId: number;
  vision: {
    depth: number;
    hiddenSize: number;
    intermediateSize: number;
    channels: number;
    temporalPatchSize: number;
    headCount: number;
    patchSize: number;
    /** Side, in patches, of the square that becomes one decoder token. */
    mergeSize: number;
    /** Length of a flattened patch: channels x temporal x patch x patch. */
    patchLength: number;
    /** Side of an attention window, in merged patches. */
    windowSize: number;
    fullAttentionBlocks: ReadonlySet<number>;
  };
  text: {
    hiddenSize: number;
    intermediateSize: number;
    layerCount: number;
    headCount: number;
    keyValueHeadCount: number;
    headSize: number;
    vocabSize: number;
    contextLength: number;
    rmsNormEpsilon: number;
    ropeTheta: number;
    /** How many of the rotary frequencies turn with time, height and width. */
    mropeSection: [number, number, number];
    tiesEmbeddings: boolean;
  };
}

/**
 * Reads a Hugging Face `config.json`, in the flat layout of published checkpoints or with a nested `text_config`; what it leaves
 * out is as in `transformers`. Throws `UnsupportedModelError` naming each setting this engine cannot run.
 */
export function parseModelConfig(json: unknown): Qwen25VLConfig {
  const model = parsePart(ModelConfig, json, 'config.json');
  const nested = (json as { text_config?: object }).text_config;
  const place = nested ? 'config.json: text_config' : 'config.json';
  const text = parsePart(TextConfig, nested ?? json, place);
  const vision = model.vision_config;
  const heads = { ...text, num_key_value_heads: text.num_key_value_heads ?? text.num_attention_heads };
  refuseFaults([
    ...findTextFaults(heads).map((fault) => `${place}: ${fault}`),
    ...findVisionFaults(vision, text.hidden_size).map((fault) => `config.json: vision_config: ${fault}`),
  ]);
  const headSize = text.hidden_size / text.num_attention_heads;
  return {
    imageTokenId: model.image_token_id,
    vision: {
      depth: vision.depth,
      hiddenSize: vision.hidden_size,
      intermediateSize: vision.intermediate_size,
      channels: CHANNELS,
      temporalPatchSize: vision.temporal_patch_size,
      headCount: vision.num_heads,
      patchSize: vision.patch_size,
      mergeSize: vision.spatial_merge_size,
      patchLength: CHANNELS * vision.temporal_patch_size * vision.patch_size ** 2,
      windowSize: Math.floor(vision.window_size / vision.spatial_merge_size / vision.patch_size),
      fullAttentionBlocks: new Set(vision.fullatt_block_indexes),
    },
    text: {
      hiddenSize: text.hidden_size,
      intermediateSize: text.intermediate_size,
      layerCount: text.num_hidden_layers,
      headCount: text.num_attention_heads,
      keyValueHeadCount: heads.num_key_value_heads,
      headSize,
      vocabSize: text.vocab_size,
      contextLength: text.max_position_embeddings,
      rmsNormEpsilon: text.rms_norm_eps,
      ...parseRopeSettings((nested ?? json) as Record<string, unknown>, headSize, place),
      tiesEmbeddings: model.tie_word_embeddings === true || text.tie_word_embeddings === true,
    },
  };
}

function findTextFaults(text: {
  hidden_size: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  head_dim?: number | null;
}): string[] {
  const { hidden_size: width, num_attention_heads: heads, num_key_value_heads: keys, head_dim: headSize } = text;
  if (width % (2 * heads) !== 0)
    return [`${heads} heads (num_attention_heads) don't share hidden_size ${width} evenly`];
  if (heads % keys !== 0) return [`${keys} key-value heads (num_key_value_heads) don't divide ${heads} heads`];
  if (headSize && headSize * heads !== width) return [`head_dim ${headSize} is not hidden_size / num_attention_heads`];
  return [];
}

function findVisionFaults(vision: z.infer<typeof VisionConfig>, textWidth: number): string[] {
  const { hidden_size: width, num_heads: heads, out_hidden_size: output, window_size: window } = vision;
  const merged = vision.patch_size * vision.spatial_merge_size;
  return [
    ...(width % (4 * heads) === 0 ? [] : [`${heads} heads (num_heads) don't share hidden_size ${width} in fours`]),
    ...(output === textWidth ? [] : [`out_hidden_size ${output} is not the decoder's hidden_size ${textWidth}`]),
    ...(merged <= MAX_PATCH
      ? []
      : [`merged patches of ${merged} pixels (patch_size x spatial_merge_size) are no patches`]),
    ...(window >= merged ? [] : [`window_size ${window} is less than a merged patch of ${merged} pixels`]),
  ];
}

function refuseFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new UnsupportedModelError(`${faults.join('\n')}; is it a whole Qwen2.5-VL checkpoint?`);
}

function parsePart<T>(schema: z.ZodType<T>, json: unknown, place: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnsupportedModelError(
    `${place} is not a Qwen2.5-VL config this engine can run:\n${z.prettifyError(parsed.error)}`,
  );
}
