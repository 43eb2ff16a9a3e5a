import { architectures, findArchitecture } from '../../../../src/engine/models/registry.ts';
import { loadPolicy } from '../../../../src/engine/policy.ts';
import { folderModelFiles, type ModelFiles } from '../../../../src/engine/weights/model-files.ts';
import { UnsupportedModelError } from '../../../../src/schema/errors.ts';
import { fixturePath } from '../../../parity/fixtures.ts';

const checkpoint = folderModelFiles(fixturePath('one-image/checkpoint'));

describe('the registry of model architectures', () => {
  it.each(architectures)('finds $title by its model_type', (architecture) => {
    expect(findArchitecture({ model_type: architecture.modelType })).toBe(architecture);
  });

  it('names each architecture once', () => {
    expect(new Set(architectures.map(({ modelType }) => modelType)).size).toBe(architectures.length);
  });

  it.each([
    ['llama', '"llama"'],
    [undefined, 'undefined'],
  ])('refuses model_type %s and says what it runs', (modelType, shown) => {
    const refused = () => findArchitecture({ model_type: modelType });
    expect(refused).toThrow(UnsupportedModelError);
    expect(refused).toThrow(
      `config.json: model_type ${shown} is no architecture this engine runs; ` +
        'use a checkpoint of qwen2_5_vl (Qwen2.5-VL)',
    );
  });
});

/** Notes the name of each file that is read. */
function noting(names: string[], read: ModelFiles['read'] = checkpoint.read): ModelFiles {
  return {
    read(name) {
      names.push(name);
      return read(name);
    },
    open(name) {
      names.push(name);
      return checkpoint.open(name);
    },
  };
}

describe('loading a policy', () => {
  it('reads each file once, and the weights last', async () => {
    const read: string[] = [];
    const { model } = await loadPolicy(noting(read));
    model.dispose();
    expect(new Set(read).size).toBe(read.length);
    expect(read.at(-1)).toBe('model.safetensors');
  });

  it('reads no weights of a model it does not know', async () => {
    const read: string[] = [];
    const llama = async (name: string) =>
      name === 'config.json' ? Buffer.from('{"model_type": "llama"}') : checkpoint.read(name);
    await expect(loadPolicy(noting(read, llama))).rejects.toThrow(UnsupportedModelError);
    expect(read).not.toContain('model.safetensors');
  });
});
