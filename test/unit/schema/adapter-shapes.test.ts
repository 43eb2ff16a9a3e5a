import { listAdapterShapes } from '../../../src/schema/adapter-shapes.ts';
import { InvalidInputError } from '../../../src/schema/errors.ts';

const WEIGHTS = new Map([
  ['visual.patch_embed.proj.weight', [8, 3, 2, 14, 14]],
  ['visual.blocks.0.attn.proj.weight', [8, 8]],
  ['visual.blocks.0.mlp.gate_proj.weight', [12, 8]],
  ['model.embed_tokens.weight', [32, 16]],
  ['model.layers.0.input_layernorm.weight', [16]],
  ['model.layers.0.self_attn.q_proj.weight', [16, 16]],
  ['model.layers.0.self_attn.q_proj.bias', [16]],
  ['model.layers.0.mlp.gate_proj.weight', [24, 16]],
  ['lm_head.weight', [32, 16]],
]);
const isVision = (name: string) => name.startsWith('visual.');
const layersOf = (targets: 'all-linear' | string[], isFrozen = isVision) =>
  [...listAdapterShapes(WEIGHTS, { rank: 4, targets, isFrozen }).keys()]
    .filter((name) => name.endsWith('.lora_A.weight'))
    .map((name) => name.slice(0, -'.lora_A.weight'.length));

describe('what an adapter trains', () => {
  it('is A and B of each layer', () => {
    expect([...listAdapterShapes(WEIGHTS, { rank: 4, targets: ['mlp.gate_proj'], isFrozen: isVision })]).toEqual([
      ['model.layers.0.mlp.gate_proj.lora_A.weight', [4, 16]],
      ['model.layers.0.mlp.gate_proj.lora_B.weight', [24, 4]],
    ]);
  });

  it("is every linear layer by default, but for the output, and for the vision tower's where that is frozen", () => {
    expect(layersOf('all-linear')).toEqual(['model.layers.0.self_attn.q_proj', 'model.layers.0.mlp.gate_proj']);
    expect(layersOf('all-linear', () => false)).toEqual([
      'visual.blocks.0.attn.proj',
      'visual.blocks.0.mlp.gate_proj',
      'model.layers.0.self_attn.q_proj',
      'model.layers.0.mlp.gate_proj',
    ]);
  });

  it('goes by whole parts of names, in both towers', () => {
    expect(layersOf(['gate_proj'], () => false)).toEqual([
      'visual.blocks.0.mlp.gate_proj',
      'model.layers.0.mlp.gate_proj',
    ]);
    expect(layersOf(['lm_head'])).toEqual(['lm_head']);
  });

  it.each([['roj'], ['embed_tokens'], ['input_layernorm'], ['attn.proj'], ['patch_embed.proj']])(
    'has no %s, and says what there is',
    (target) => {
      expect(() => layersOf(['q_proj', target])).toThrow(InvalidInputError);
      expect(() => layersOf(['q_proj', target])).toThrow(
        `policy.adapter.targets: ${target} is the name of no linear layer`,
      );
    },
  );
});
