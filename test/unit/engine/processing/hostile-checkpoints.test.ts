import { createChatTemplate } from '../../../../src/engine/processing/chat-template.ts';
import { createTokenizer } from '../../../../src/engine/processing/tokenizer.ts';
import { readModelSettings } from '../../../../src/engine/weights/model-settings.ts';
import { UnsupportedModelError } from '../../../../src/schema/errors.ts';
import { loadProcessor } from '../../../support/load-processor.ts';
import { type ReplacedFiles, tinyCheckpointWith, tinyJson } from '../../../support/tiny-checkpoint.ts';

interface TokenizerJson {
  model: { vocab: Record<string, unknown>; merges: unknown[] };
  added_tokens: { id: unknown; content: unknown }[];
  pre_tokenizer: unknown;
}

async function tokenizerWith(change: (json: TokenizerJson) => void): Promise<ReplacedFiles> {
  const json = structuredClone((await tinyJson('tokenizer.json', {})) as TokenizerJson);
  change(json);
  return { 'tokenizer.json': json };
}

async function refuses(loading: Promise<unknown>, ...parts: string[]): Promise<void> {
  await expect(loading).rejects.toThrow(UnsupportedModelError);
  for (const part of parts) await expect(loading).rejects.toThrow(part);
}

describe('chat templates that fail', () => {
  const load = async (template: string) => {
    const settings = await readModelSettings(tinyCheckpointWith({ 'chat_template.jinja': template }));
    return createChatTemplate(settings, {});
  };

  it.each([
    ['a syntax error', '{% for message in %}', ''],
    ['an error of their own', "{{ raise_exception('no such luck') }}", 'no such luck'],
    ['a name nobody gives, called', '{{ nothing() }}', 'not a function'],
    ['no text at all', '', 'without its text'],
    ['another text', 'Hello', 'without its text'],
    ['a filter nobody has', '{{ messages | shuffle }}', 'shuffle'],
  ])('with %s are refused by file', async (_, template, message) => {
    await refuses(load(template), 'chat_template.jinja of the checkpoint', message);
  });

  it('are refused when they do not end', async () => {
    const loop =
      '{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}';
    await refuses(load(loop), 'chat_template.jinja of the checkpoint', 'does not end within 5 s');
  }, 30_000);

  it('are refused when they make a huge list', async () => {
    await refuses(load('{% for a in range(99999999999) %}{% endfor %}'), 'chat_template.jinja of the checkpoint');
  }, 30_000);

  it('are refused when they make a huge text', async () => {
    const doubled = `{% set ns = namespace(text='aaaaaaaaaa') %}{% for i in range(22) %}{% set ns.text = ns.text + ns.text %}{% endfor %}{{ ns.text }}`;
    await refuses(load(doubled), 'makes a prompt of 41943040 characters');
  });

  it('blames the template for the images it has no place for', async () => {
    const withoutImages = `{% for m in messages %}{% for part in m.content %}{{ part.text }}{% endfor %}{% endfor %}`;
    const processor = await loadProcessor(tinyCheckpointWith({ 'chat_template.jinja': withoutImages }));
    const image = { data: new Uint8Array(3 * 28 * 28), width: 28, height: 28 };
    const processing = processor.processPrompt({
      content: [
        { type: 'image', image },
        { type: 'text', text: 'What?' },
      ],
    });
    await refuses(processing, 'the chat template of the checkpoint has no place for images');
  });

  it.each([
    ['a list without a default', [{ name: 'rag', template: 'x' }]],
    ['a dictionary without a default', { rag: 'x' }],
    ['a number', 7],
    ['a list of nothing', [null]],
  ])('that are %s are refused by file', async (_, template) => {
    const files = { 'chat_template.json': { chat_template: template } };
    await refuses(loadProcessor(tinyCheckpointWith(files)), 'chat_template in chat_template.json', '"default"');
  });
});

describe('tokenizers that fail', () => {
  it.each<[string, ReplacedFiles]>([
    ['an empty object', { 'tokenizer.json': {} }],
    ['no model', { 'tokenizer.json': { model: null } }],
    ['a list', { 'tokenizer.json': [] }],
    ['text', { 'tokenizer.json': 'BPE' }],
  ])('with %s are refused by file', async (_, files) => {
    await refuses(loadProcessor(tinyCheckpointWith(files)), 'tokenizer.json of the checkpoint');
  });

  it.each<[string, (json: TokenizerJson) => void, string]>([
    ['merges of numbers', (json) => json.model.merges.push(7), 'merges'],
    ['a vocabulary of strings', (json) => Object.assign(json.model.vocab, { a: '17' }), 'vocab'],
    ['a vocabulary of negatives', (json) => Object.assign(json.model.vocab, { a: -1 }), 'vocab'],
    ['a vocabulary of fractions', (json) => Object.assign(json.model.vocab, { a: 1.5 }), 'vocab'],
    ['an added token without an id', (json) => json.added_tokens.push({ id: null, content: '<x>' }), 'added_tokens'],
    ['an added token without text', (json) => json.added_tokens.push({ id: 9, content: 7 }), 'added_tokens'],
  ])('with %s are refused by file', async (_, change, message) => {
    await refuses(
      loadProcessor(tinyCheckpointWith(await tokenizerWith(change))),
      'tokenizer.json of the checkpoint',
      message,
    );
  });

  const splittingAt = (Regex: string) => (json: TokenizerJson) => {
    json.pre_tokenizer = { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false };
  };

  it('with a pattern that is none are refused by file', async () => {
    const files = await tokenizerWith(splittingAt('(('));
    await refuses(loadProcessor(tinyCheckpointWith(files)), 'tokenizer.json of the checkpoint');
  });

  it('with a pattern that backtracks are refused when it does not end', async () => {
    const settings = await readModelSettings(tinyCheckpointWith(await tokenizerWith(splittingAt('^(a+)+$'))));
    const tokenizer = createTokenizer(settings);
    expect(() => tokenizer.encode(`${'a'.repeat(60)}!`)).toThrow(
      'tokenizer.json of the checkpoint: does not end within 10 s',
    );
  }, 40_000);

  it('with tokens past the vocabulary of config.json are refused where a prompt has one', async () => {
    const files = await tokenizerWith((json) =>
      json.added_tokens.push({ ...json.added_tokens[0], id: 5000, content: '<x>' }),
    );
    const processor = await loadProcessor(tinyCheckpointWith(files));
    await expect(processor.processPrompt({ content: [{ type: 'text', text: 'Fine' }] })).resolves.toBeDefined();
    await refuses(processor.processPrompt({ content: [{ type: 'text', text: '<x>' }] }), 'token 5000', 'vocab_size');
  });

  it('with another id for the image token than config.json are refused', async () => {
    const files = { 'config.json': await tinyJson('config.json', { image_token_id: 406 }) };
    await refuses(loadProcessor(tinyCheckpointWith(files)), 'image token', '405', '406');
  });
});

describe('settings that fail', () => {
  const load = async (name: string, changes: object) =>
    loadProcessor(tinyCheckpointWith({ [name]: await tinyJson(name, changes) }));

  it.each([
    ['patches of another size', { patch_size: 7 }, 'patch_size 7'],
    ['patches of another length in time', { temporal_patch_size: 1 }, 'temporal_patch_size 1'],
    ['patches merged otherwise', { merge_size: 1 }, 'merge_size 1'],
    ['patches of a kilometre', { patch_size: 1e9 }, 'patch_size'],
    ['images of a million millions of pixels', { min_pixels: 1e12 }, 'min_pixels'],
    ['the same by edges', { min_pixels: null, size: { shortest_edge: 1e12, longest_edge: 1e13 } }, 'shortest_edge'],
    ['a deviation of 0', { image_std: [0, 1, 1] }, 'image_std'],
    ['a factor of 0', { rescale_factor: 0 }, 'rescale_factor'],
    ['a resampling nobody has', { resample: 6 }, 'resample'],
    ['a mean of two channels', { image_mean: [0.5, 0.5] }, 'image_mean'],
    ['a flag in words', { do_resize: 'no' }, 'do_resize'],
  ])('with %s are refused by name', async (_, changes, message) => {
    await refuses(load('preprocessor_config.json', changes), message);
  });

  it.each([
    ['num_beams', 4],
    ['no_repeat_ngram_size', 3],
    ['bad_words_ids', [[7]]],
    ['suppress_tokens', [7]],
    ['min_new_tokens', 12],
    ['stop_strings', ['\n']],
    ['forced_eos_token_id', 402],
    ['guidance_scale', 1.5],
    ['typical_p', 0.9],
    ['min_p', 0.1],
  ])('of generation that are not supported are named: %s', async (name, value) => {
    await refuses(load('generation_config.json', { [name]: value }), 'generation_config.json', name);
    const inConfig = {
      'generation_config.json': null,
      'config.json': await tinyJson('config.json', { [name]: value }),
    };
    await refuses(loadProcessor(tinyCheckpointWith(inConfig)), 'config.json', name);
  });

  it('of generation that change nothing, or are for the caller to choose, are taken', async () => {
    const neutral = { num_beams: 1, no_repeat_ngram_size: 0, typical_p: 1, bad_words_ids: null, suppress_tokens: [] };
    const chosen = { temperature: 0.1, top_k: 1, top_p: 0.001, do_sample: true, max_new_tokens: 7, max_length: 20 };
    await expect(load('generation_config.json', { ...neutral, ...chosen })).resolves.toBeDefined();
  });

  it.each([
    [{ eos_token_id: 'stop' }, 'eos_token_id "stop"'],
    [{ eos_token_id: [402, -1] }, 'eos_token_id -1'],
    [{ eos_token_id: 1.5 }, 'eos_token_id 1.5'],
    [{ repetition_penalty: -1 }, 'repetition_penalty is -1'],
    [{ repetition_penalty: 'high' }, 'repetition_penalty is "high"'],
  ])('of generation that are none are refused: %j', async (changes, message) => {
    await refuses(load('generation_config.json', changes), 'generation_config.json', message);
  });

  it('of an adapter are named', async () => {
    const beside = tinyCheckpointWith({ 'adapter_config.json': { peft_type: 'LORA' } });
    await refuses(readModelSettings(beside), 'LoRA adapter (adapter_config.json)');
    const alone = async (name: string) => (name === 'adapter_config.json' ? Buffer.from('{}') : undefined);
    await refuses(readModelSettings(alone), 'LoRA adapter (adapter_config.json)');
  });
});

describe('the end token', () => {
  const bare = async (changes: ReplacedFiles) => {
    const config = (await tinyJson('config.json', {})) as { text_config: Record<string, unknown> };
    const { eos_token_id: _, ...text } = config.text_config;
    return { 'generation_config.json': null, 'config.json': { ...config, text_config: text }, ...changes };
  };

  it.each([
    ['tokenizer_config.json', {}],
    [
      'special_tokens_map.json',
      { 'tokenizer_config.json': null, 'special_tokens_map.json': { eos_token: '<|im_end|>' } },
    ],
    [
      'special_tokens_map.json, as an object',
      {
        'tokenizer_config.json': {},
        'special_tokens_map.json': { eos_token: { content: '<|im_end|>', lstrip: false } },
      },
    ],
    [
      'special_tokens_map.json before an older config',
      {
        'tokenizer_config.json': { eos_token: '<|endoftext|>' },
        'special_tokens_map.json': { eos_token: '<|im_end|>' },
      },
    ],
  ])('is that of %s where no config has one', async (_, changes) => {
    expect((await loadProcessor(tinyCheckpointWith(await bare(changes)))).stopTokenIds).toEqual([402]);
  });

  it('is that of config.json where generation_config.json has none', async () => {
    const processor = await loadProcessor(tinyCheckpointWith({ 'generation_config.json': { do_sample: true } }));
    expect(processor.stopTokenIds).toEqual([402]);
  });

  it('is missed by name', async () => {
    const files = await bare({ 'tokenizer_config.json': null });
    await refuses(loadProcessor(tinyCheckpointWith(files)), 'names no end token');
  });
});
