import { z } from 'zod';
import { UnsupportedModelError } from '../../../schema/errors.ts';

const VisionConfig = z.object({
  depth: z.int().positive(),
  hidden_size: z.int().positive(),
  num_heads: z.int().positive(),
  intermediate_size: z.int().positive(),
  patch_size: z.int().positive().default(14),
  spatial_merge_size: z.int().positive().default(2),
  temporal_patch_size: z.int().positive().default(2),
  window_size: z.int().positive().default(112),
  fullatt_block_indexes: z.array(z.int().nonnegative()),
  out_hidden_size: z.int().positive(),
  in_channels: z.int().positive().optional(),
  in_chans: z.int().positive().optional(),
  hidden_act: z.literal('silu').default('silu'),
});

const RopeSettings = z.object({
  mrope_section: z.array(z.int().positive()).length(3),
  rope_theta: z.number().positive().optional(),
});

const TextConfig = z.object({
  hidden_size: z.int().positive(),
  num_hidden_layers: z.int().positive(),
  num_attention_heads: z.int().positive(),
  num_key_value_heads: z.int().positive(),
  intermediate_size: z.int().positive(),
  vocab_size: z.int().positive(),
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().optional(),
  rope_scaling: RopeSettings.nullish(),
  rope_parameters: RopeSettings.nullish(),
  tie_word_embeddings: z.boolean().optional(),
  use_sliding_window: z.literal(false).default(false),
  hidden_act: z.literal('silu').default('silu'),
});

const ModelConfig = z.object({
  model_type: z.literal('qwen2_5_vl'),
  image_token_id: z.int().nonnegative(),
  tie_word_embeddings: z.boolean().optional(),
  vision_config: VisionConfig,
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
    rmsNormEpsilon: number;
    ropeTheta: number;
    /** How many of the rotary frequencies turn with time, height and width. */
    mropeSection: [number, number, number];
    tiesEmbeddings: boolean;
  };
}

/**
 * Reads a Hugging Face `config.json`, in the flat layout of published checkpoints or with a nested `text_config`.
 * Throws `UnsupportedModelError` naming each setting this engine cannot run.
 */
export function parseModelConfig(json: unknown): Qwen25VLConfig {
  const model = parsePart(ModelConfig, json, 'config.json');
  const nested = (json as { text_config?: object }).text_config;
  const text = parsePart(TextConfig, nested ?? json, nested ? 'config.json: text_config' : 'config.json');
  const rope = text.rope_parameters ?? text.rope_scaling;
  if (!rope)
    throw new UnsupportedModelError('config.json has no rope_scaling.mrope_section; not a Qwen2.5-VL checkpoint?');
  const headSize = text.hidden_size / text.num_attention_heads;
  const mropeSection = rope.mrope_section as [number, number, number];
  if (mropeSection[0] + mropeSection[1] + mropeSection[2] !== headSize / 2) {
    throw new UnsupportedModelError(
      `config.json: mrope_section ${mropeSection} does not add up to half of head size ${headSize}`,
    );
  }
  const vision = model.vision_config;
  const channels = vision.in_channels ?? vision.in_chans ?? 3;
  return {
    imageTokenId: model.image_token_id,
    vision: {
      depth: vision.depth,
      hiddenSize: vision.hidden_size,
      intermediateSize: vision.intermediate_size,
      channels,
      temporalPatchSize: vision.temporal_patch_size,
      headCount: vision.num_heads,
      patchSize: vision.patch_size,
      mergeSize: vision.spatial_merge_size,
      patchLength: channels * vision.temporal_patch_size * vision.patch_size ** 2,
      windowSize: Math.floor(vision.window_size / vision.spatial_merge_size / vision.patch_size),
      fullAttentionBlocks: new Set(vision.fullatt_block_indexes),
    },
    text: {
      hiddenSize: text.hidden_size,
      intermediateSize: text.intermediate_size,
      layerCount: text.num_hidden_layers,
      headCount: text.num_attention_heads,
      keyValueHeadCount: text.num_key_value_heads,
      headSize,
      vocabSize: text.vocab_size,
      rmsNormEpsilon: text.rms_norm_eps,
      ropeTheta: rope.rope_theta ?? text.rope_theta ?? 1_000_000,
      mropeSection,
      tiesEmbeddings: text.tie_word_embeddings ?? model.tie_word_embeddings ?? false,
    },
  };
}

function parsePart<T>(schema: z.ZodType<T>, json: unknown, place: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnsupportedModelError(
    `${place} is not a Qwen2.5-VL config this engine can run:\n${z.prettifyError(parsed.error)}`,
  );
}
