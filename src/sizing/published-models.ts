/**
 * Dimensions of published checkpoints as their config.json gives them, so that a run can be planned without a download. What
 * is left out is the default of `transformers`, as in those files. From https://huggingface.co/Qwen, read on 2026-11-28.
 */
export const PUBLISHED_MODELS: Readonly<Record<string, object>> = {
  'Qwen/Qwen2.5-VL-3B-Instruct': {
    ...text({ hidden_size: 2048, intermediate_size: 11_008, layers: 36, heads: 16, keyValueHeads: 2 }),
    vocab_size: 151_936,
    tie_word_embeddings: true,
    vision_config: { hidden_size: 1280, out_hidden_size: 2048 },
  },
  'Qwen/Qwen2.5-VL-7B-Instruct': {
    ...text({ hidden_size: 3584, intermediate_size: 18_944, layers: 28, heads: 28, keyValueHeads: 4 }),
    vision_config: { hidden_size: 1280, out_hidden_size: 3584 },
  },
  'Qwen/Qwen2.5-VL-32B-Instruct': {
    ...text({ hidden_size: 5120, intermediate_size: 27_648, layers: 64, heads: 40, keyValueHeads: 8 }),
    vision_config: { hidden_size: 1280, intermediate_size: 3456, out_hidden_size: 5120 },
  },
  'Qwen/Qwen2.5-VL-72B-Instruct': {
    ...text({ hidden_size: 8192, intermediate_size: 29_568, layers: 80, heads: 64, keyValueHeads: 8 }),
    vision_config: { hidden_size: 1280, intermediate_size: 3456, out_hidden_size: 8192 },
  },
};

interface Decoder {
  hidden_size: number;
  intermediate_size: number;
  layers: number;
  heads: number;
  keyValueHeads: number;
}

function text({ layers, heads, keyValueHeads, ...widths }: Decoder) {
  return {
    model_type: 'qwen2_5_vl',
    ...widths,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: keyValueHeads,
    rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
    rope_theta: 1_000_000,
    torch_dtype: 'bfloat16',
  };
}
