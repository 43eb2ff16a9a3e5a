import type { ReadModelFile } from '../../../../src/engine/weights/model-files.ts';
import { carrySettings, readModelSettings } from '../../../../src/engine/weights/model-settings.ts';
import { UnsupportedModelError } from '../../../../src/schema/errors.ts';

const aFolder =
  (files: Record<string, string>): ReadModelFile =>
  async (name) =>
    name in files ? Buffer.from(files[name]) : undefined;

describe('the settings of a checkpoint folder', () => {
  it('are read as text or JSON, and are absent where the folder has none', async () => {
    const files = aFolder({ 'chat_template.jinja': '{{ x }}', 'config.json': '{"a": 1}' });
    const settings = await readModelSettings(files);
    expect(settings.text('chat_template.jinja')).toBe('{{ x }}');
    expect(settings.json('config.json')).toEqual({ a: 1 });
    expect(settings.json('generation_config.json')).toBeUndefined();
  });

  it.each([
    ['is not JSON', '{"a":'],
    ['is not a JSON object', '[1]'],
  ])('are refused where one %s, when it is asked for', async (fault, content) => {
    const settings = await readModelSettings(aFolder({ 'tokenizer_config.json': content }));
    expect(() => settings.json('tokenizer_config.json')).toThrow(`tokenizer_config.json of the checkpoint ${fault}`);
  });

  it('are refused without a file that no checkpoint can do without', async () => {
    const settings = await readModelSettings(aFolder({}));
    expect(() => settings.requireJson('config.json')).toThrow(UnsupportedModelError);
  });
});

describe('what a checkpoint carries over', () => {
  it('is every file but weights, with the storage type that the weights have now', async () => {
    const source = {
      'config.json': '{"torch_dtype":"bfloat16","text_config":{"dtype":"bfloat16","width":2}}',
      'merges.txt': 'a b',
      'model.safetensors': 'weights',
      'tokenizer.json': '{ }',
    };
    const carried: Record<string, string> = {};
    for await (const [name, bytes] of carrySettings(aFolder(source))) carried[name] = Buffer.from(bytes).toString();
    expect(Object.keys(carried).sort()).toEqual(['config.json', 'merges.txt', 'tokenizer.json']);
    expect(JSON.parse(carried['config.json'])).toEqual({
      torch_dtype: 'float32',
      text_config: { dtype: 'float32', width: 2 },
    });
    expect([carried['merges.txt'], carried['tokenizer.json']]).toEqual(['a b', '{ }']);
  });
});
