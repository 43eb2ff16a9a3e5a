import type { Qwen25VLConfig } from './config.ts';

/** Name and shape of every weight of a checkpoint, in the order of computation. Linear weights are `[out, in]`. */
export function listWeightShapes(config: Qwen25VLConfig): Map<string, number[]> {
  return new Map([...visionShapes(config), ...textShapes(config)]);
}

function* visionShapes({ vision, text }: Qwen25VLConfig): Generator<[string, number[]]> {
  const { hiddenSize: D, intermediateSize: I, patchSize } = vision;
  yield ['visual.patch_embed.proj.weight', [D, vision.channels, vision.temporalPatchSize, patchSize, patchSize]];
  for (let block = 0; block < vision.depth; block++) {
    const name = `visual.blocks.${block}`;
    yield [`${name}.norm1.weight`, [D]];
    yield* linearShapes(`${name}.attn.qkv`, 3 * D, D, true);
    yield* linearShapes(`${name}.attn.proj`, D, D, true);
    yield [`${name}.norm2.weight`, [D]];
    yield* linearShapes(`${name}.mlp.gate_proj`, I, D, true);
    yield* linearShapes(`${name}.mlp.up_proj`, I, D, true);
    yield* linearShapes(`${name}.mlp.down_proj`, D, I, true);
  }
  const merged = D * vision.mergeSize ** 2;
  yield ['visual.merger.ln_q.weight', [D]];
  yield* linearShapes('visual.merger.mlp.0', merged, merged, true);
  yield* linearShapes('visual.merger.mlp.2', text.hiddenSize, merged, true);
}

function* textShapes({ text }: Qwen25VLConfig): Generator<[string, number[]]> {
  const { hiddenSize: D, intermediateSize: I, headCount, keyValueHeadCount, headSize, vocabSize } = text;
  yield ['model.embed_tokens.weight', [vocabSize, D]];
  for (let layer = 0; layer < text.layerCount; layer++) {
    const name = `model.layers.${layer}`;
    yield [`${name}.input_layernorm.weight`, [D]];
    yield* linearShapes(`${name}.self_attn.q_proj`, headCount * headSize, D, true);
    yield* linearShapes(`${name}.self_attn.k_proj`, keyValueHeadCount * headSize, D, true);
    yield* linearShapes(`${name}.self_attn.v_proj`, keyValueHeadCount * headSize, D, true);
    yield* linearShapes(`${name}.self_attn.o_proj`, D, headCount * headSize, false);
    yield [`${name}.post_attention_layernorm.weight`, [D]];
    yield* linearShapes(`${name}.mlp.gate_proj`, I, D, false);
    yield* linearShapes(`${name}.mlp.up_proj`, I, D, false);
    yield* linearShapes(`${name}.mlp.down_proj`, D, I, false);
  }
  yield ['model.norm.weight', [D]];
  if (!text.tiesEmbeddings) yield ['lm_head.weight', [vocabSize, D]];
}

function* linearShapes(name: string, output: number, input: number, hasBias: boolean): Generator<[string, number[]]> {
  yield [`${name}.weight`, [output, input]];
  if (hasBias) yield [`${name}.bias`, [output]];
}
