import { rankOf, readPeftConfig, scaleOf } from '../../../../src/engine/adapters/peft-config.ts';
import { UnsupportedModelError } from '../../../../src/schema/errors.ts';
import { modelFilesOf } from '../../../support/model-files.ts';

const read = (json: object) => readPeftConfig(modelFilesOf({ 'adapter_config.json': json }).read);

describe("an adapter's config", () => {
  it("has PEFT's defaults", async () => {
    const config = await read({ peft_type: 'LORA', target_modules: ['q_proj'], unheard_of: 3 });
    expect([rankOf(config, 'a.q_proj'), scaleOf(config, 'a.q_proj')]).toEqual([8, 1]);
  });

  it('gives ranks and alphas of their own to the layers that a pattern ends; rsLoRA takes the root of the rank', async () => {
    const config = await read({
      peft_type: 'LORA',
      r: 4,
      lora_alpha: 8,
      rank_pattern: { 'layers.1.q_proj': 16, q_proj: 2 },
      alpha_pattern: { v_proj: 12 },
      use_rslora: true,
    });
    const layers = ['model.layers.1.q_proj', 'model.layers.0.q_proj', 'model.layers.0.v_proj'];
    expect(layers.map((layer) => rankOf(config, layer))).toEqual([16, 2, 4]);
    expect(layers.map((layer) => scaleOf(config, layer))).toEqual([2, 8 / Math.SQRT2, 6]);
  });

  it.each([
    [{ use_dora: true }],
    [{ bias: 'all' }],
    [{ lora_bias: true }],
    [{ modules_to_save: ['lm_head'] }],
    [{ init_lora_weights: 'pissa' }],
    [{ init_lora_weights: 'olora' }],
    [{ layer_replication: [[0, 2]] }],
    [{ target_parameters: ['x'] }],
    [{ trainable_token_indices: [1] }],
    [{ alora_invocation_tokens: [1] }],
    [{ fan_in_fan_out: true }],
    [{ use_qalora: true }],
    [{ use_bdlora: { nblocks: 2 } }],
    [{ loftq_config: { loftq_bits: 4 } }],
    [{ rank_pattern: { '^model.*': 4 } }],
    [{ peft_type: 'IA3' }],
    [{ peft_type: null }],
    [{ r: 0 }],
  ])('is refused by name: %j', async (setting) => {
    const reading = read({ peft_type: 'LORA', r: 4, ...setting });
    await expect(reading).rejects.toThrow(UnsupportedModelError);
    await expect(reading).rejects.toThrow(Object.keys(setting)[0]);
  });

  it('is refused where it is missing, or does not say what it is of', async () => {
    await expect(readPeftConfig(modelFilesOf({}).read)).rejects.toThrow('no adapter_config.json');
    await expect(read({ r: 4 })).rejects.toThrow('peft_type is missing');
  });
});
