import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../../src/base/package-root.ts';
import { parseModelConfig } from '../../../../../src/engine/models/qwen2_5_vl/config.ts';
import { UnsupportedModelError } from '../../../../../src/schema/errors.ts';

interface Json {
  [key: string]: unknown;
  text_config: Record<string, unknown>;
  vision_config: Record<string, unknown>;
}

const tiny = JSON.parse(readFileSync(join(packageRoot, 'models/rise-tiny/config.json'), 'utf8')) as Json;
const rope = { rope_type: 'default', rope_theta: 10, mrope_section: [2, 3, 3] };

/** The config of rise-tiny with fields of its parts replaced; `undefined` takes one away. */
function aConfig({ text, vision, ...top }: { text?: object; vision?: object; [key: string]: unknown }): object {
  const replaced = {
    ...tiny,
    ...top,
    text_config: { ...tiny.text_config, ...text },
    vision_config: { ...tiny.vision_config, ...vision },
  };
  return JSON.parse(JSON.stringify(replaced)) as object;
}

// What transformers 4.49.0 writes for the published 7B and 3B: of the vision config only what differs from its defaults.
const SAVED_BY_4_49 = {
  bos_token_id: 151643,
  eos_token_id: 151645,
  hidden_act: 'silu',
  hidden_size: 3584,
  image_token_id: 151655,
  intermediate_size: 18944,
  model_type: 'qwen2_5_vl',
  num_attention_heads: 28,
  num_hidden_layers: 28,
  num_key_value_heads: 4,
  rms_norm_eps: 1e-6,
  rope_scaling: { mrope_section: [16, 24, 24], rope_type: 'default', type: 'default' },
  rope_theta: 1_000_000,
  tie_word_embeddings: false,
  use_sliding_window: false,
  vision_config: { hidden_size: 1280, in_chans: 3, model_type: 'qwen2_5_vl', spatial_patch_size: 14 },
  vocab_size: 152064,
};

describe('configs that transformers 4.49 saved', () => {
  it('fills in what the 7B leaves out', () => {
    const { vision, text } = parseModelConfig(SAVED_BY_4_49);
    expect(vision).toMatchObject({
      depth: 32,
      headCount: 16,
      hiddenSize: 1280,
      intermediateSize: 3420,
      patchSize: 14,
      windowSize: 4,
    });
    expect([...vision.fullAttentionBlocks]).toEqual([7, 15, 23, 31]);
    expect(text).toMatchObject({ hiddenSize: 3584, layerCount: 28, keyValueHeadCount: 4, mropeSection: [16, 24, 24] });
  });

  it('reads the 3B, whose out_hidden_size is its own', () => {
    const small = { hidden_size: 2048, num_attention_heads: 16, num_key_value_heads: 2, tie_word_embeddings: true };
    const vision = { ...SAVED_BY_4_49.vision_config, out_hidden_size: 2048 };
    const config = parseModelConfig({ ...SAVED_BY_4_49, ...small, vision_config: vision });
    expect(config.text).toMatchObject({ hiddenSize: 2048, tiesEmbeddings: true });
  });

  it('fills in the text values of the 72B, which are the defaults of the class', () => {
    const { hidden_size, intermediate_size, num_attention_heads, num_hidden_layers, num_key_value_heads, ...rest } =
      SAVED_BY_4_49;
    const vision = { ...SAVED_BY_4_49.vision_config, out_hidden_size: 8192 };
    expect(parseModelConfig({ ...rest, vision_config: vision }).text).toMatchObject({
      hiddenSize: 8192,
      layerCount: 80,
      headCount: 64,
      keyValueHeadCount: 8,
      intermediateSize: 29568,
    });
  });

  it('says that the 3B without its out_hidden_size has another one', () => {
    const small = { hidden_size: 2048, num_attention_heads: 16, num_key_value_heads: 2 };
    expect(() => parseModelConfig({ ...SAVED_BY_4_49, ...small })).toThrow('out_hidden_size 3584');
  });
});

describe('values a config leaves out, as in transformers', () => {
  it.each([
    ['rms_norm_eps', { rmsNormEpsilon: 1e-5 }, { rms_norm_eps: undefined }],
    ['rms_norm_eps, given', { rmsNormEpsilon: 1e-6 }, {}],
    ['rope_theta', { ropeTheta: 1_000_000 }, { rope_parameters: { mrope_section: [2, 3, 3] } }],
    ['rope_theta beside', { ropeTheta: 55 }, { rope_theta: 55, rope_parameters: { mrope_section: [2, 3, 3] } }],
    ['rope_theta, at both places', { ropeTheta: 10 }, { rope_theta: 55 }],
    ['key-value heads as null', { keyValueHeadCount: 6 }, { num_key_value_heads: null }],
  ])('%s', (_, expected, text) => {
    expect(parseModelConfig(aConfig({ text })).text).toMatchObject(expected);
  });

  it('image token', () => {
    expect(parseModelConfig(aConfig({ image_token_id: undefined })).imageTokenId).toBe(151655);
  });
});

describe('ties of the embeddings', () => {
  it.each([
    [true, true, true],
    [true, false, true],
    [false, true, true],
    [undefined, true, true],
    [true, undefined, true],
    [false, false, false],
    [undefined, undefined, false],
  ])('top level %s, text_config %s: %s', (top, nested, tied) => {
    const json = aConfig({ tie_word_embeddings: top, text: { tie_word_embeddings: nested } });
    expect(parseModelConfig(json).text.tiesEmbeddings).toBe(tied);
  });
});

describe('rotary frequencies', () => {
  const scaled = { factor: 4, original_max_position_embeddings: 256, mrope_section: [2, 3, 3] };

  it.each(['yarn', 'linear', 'dynamic', 'longrope', 'llama3', 'ntk-by-parts'])('of type %s are refused', (type) => {
    for (const key of ['rope_scaling', 'rope_parameters']) {
      for (const name of ['type', 'rope_type']) {
        const json = aConfig({ text: { rope_parameters: undefined, [key]: { ...scaled, [name]: type } } });
        expect(() => parseModelConfig(json)).toThrow(`${key}: rotary frequencies of type "${type}"`);
        expect(() => parseModelConfig(json)).toThrow(UnsupportedModelError);
      }
    }
  });

  it.each([
    ['rope_scaling before rope_parameters', { rope_scaling: { ...scaled, type: 'yarn' } }],
    ['rope_type before type', { rope_parameters: { ...scaled, type: 'default', rope_type: 'yarn' } }],
  ])('by %s', (_, text) => {
    expect(() => parseModelConfig(aConfig({ text }))).toThrow('"yarn"');
  });

  it.each([
    ['mrope', { rope_parameters: { ...rope, rope_type: undefined, type: 'mrope' } }],
    ['a scaled type that rope_type overrides', { rope_parameters: { ...rope, type: 'yarn', factor: 4 } }],
    [
      'scaled parameters that rope_scaling overrides',
      {
        rope_parameters: { ...scaled, type: 'yarn' },
        rope_scaling: { type: 'mrope', rope_theta: 10, mrope_section: [2, 3, 3] },
      },
    ],
    ['an empty rope_scaling', { rope_scaling: {} }],
    ['none', { rope_scaling: null }],
    ['no type', { rope_parameters: { ...rope, rope_type: undefined } }],
  ])('are the plain ones for %s', (_, text) => {
    const config = parseModelConfig(aConfig({ text })).text;
    expect(config).toMatchObject({ ropeTheta: 10, mropeSection: [2, 3, 3] });
  });

  it.each([
    ['no section', { rope_parameters: { rope_type: 'default' } }, 'mrope_section'],
    ['no settings', { rope_parameters: undefined }, 'no rope_scaling.mrope_section'],
    ['a part of each head', { rope_parameters: { ...rope, partial_rotary_factor: 0.5 } }, 'partial_rotary_factor'],
    [
      'a section of another head size',
      { rope_parameters: { ...rope, mrope_section: [16, 24, 24] } },
      'does not add up',
    ],
    ['a theta in words', { rope_parameters: { mrope_section: [2, 3, 3] }, rope_theta: 'ten' }, 'rope_theta'],
  ])('with %s are refused', (_, text, message) => {
    expect(() => parseModelConfig(aConfig({ text }))).toThrow(message);
  });
});

describe('dimensions that cannot be', () => {
  it.each([
    ['layers', { text: { num_hidden_layers: 1e15 } }, 'num_hidden_layers'],
    ['vision blocks', { vision: { depth: 1e15 } }, 'vision_config.depth'],
    ['a vocabulary', { text: { vocab_size: 1e12 } }, 'vocab_size'],
    ['a width', { text: { hidden_size: 9e9 } }, 'hidden_size'],
    ['a patch', { vision: { patch_size: 1e9 } }, 'patch_size'],
    ['heads that do not divide the width', { text: { num_attention_heads: 7 } }, 'num_attention_heads'],
    ['key-value heads that do not divide the heads', { text: { num_key_value_heads: 4 } }, 'num_key_value_heads'],
    ['vision heads that do not divide the width', { vision: { num_heads: 7 } }, 'vision_config: 7 heads'],
    ['vision heads too narrow for rows and columns', { vision: { num_heads: 32 } }, 'in fours'],
    ['heads of another size', { text: { head_dim: 32 } }, 'head_dim 32'],
    ['a merger into another width', { vision: { out_hidden_size: 64 } }, 'out_hidden_size 64'],
    ['a window within a patch', { vision: { window_size: 27 } }, 'window_size 27'],
    ['images of four channels', { vision: { in_channels: 4 } }, 'in_channels'],
    ['another activation', { text: { hidden_act: 'gelu' } }, 'hidden_act'],
    ['a sliding window', { text: { use_sliding_window: true } }, 'use_sliding_window'],
  ])('%s', (_, change, message) => {
    expect(() => parseModelConfig(aConfig(change))).toThrow(message);
    expect(() => parseModelConfig(aConfig(change))).toThrow(UnsupportedModelError);
  });

  it.each([null, 7, 'text', []])('a config.json that is %j', (json) => {
    expect(() => parseModelConfig(json)).toThrow(UnsupportedModelError);
  });
});
