import { createSampler } from '../../src/engine/generation/sampler.ts';
import { createImageProcessor } from '../../src/engine/models/qwen2_5_vl/processing/image-processor.ts';
import { loadPolicy } from '../../src/engine/policy.ts';
import { createChatTemplate } from '../../src/engine/processing/chat-template.ts';
import { createTokenizer } from '../../src/engine/processing/tokenizer.ts';
import { createTracedExecutor } from '../../src/engine/runtime/traced-executor.ts';
import { encodeWholeSafetensors, type HostTensor } from '../../src/engine/weights/encode-safetensors.ts';
import { readModelSettings } from '../../src/engine/weights/model-settings.ts';
import { decodeImage } from '../../src/images/decode-image.ts';
import { RiseError, UnsupportedModelError } from '../../src/schema/errors.ts';
import { loadProcessor } from '../support/load-processor.ts';
import { readWeights } from '../support/model-files.ts';
import { type ReplacedFiles, tinyCheckpointWith, tinyFilesWith } from '../support/tiny-checkpoint.ts';
import { largestDifference, rawImage, readFixtureFrom, unpack, unpackFloats } from './fixtures.ts';

// Written by scripts/parity/checkpoint_fixtures.py.
const readCases = <T>(name: string) => readFixtureFrom<T>(`checkpoints/${name}.json`);

interface Case {
  name: string;
  files: ReplacedFiles;
  error?: string;
}

const QUESTION = 'How many bars?';
const TEXT = { type: 'text' as const, text: QUESTION };
const CONVERSATIONS = {
  text: [{ role: 'user' as const, content: [TEXT] }],
  string: [{ role: 'user' as const, content: QUESTION }],
  image: [
    { role: 'system' as const, content: 'Be brief.\n' },
    { role: 'user' as const, content: [{ type: 'image' as const }, TEXT] },
  ],
};

describe('chat templates, beside transformers', () => {
  type Rendered = string | { error: string };
  const cases = readCases<(Case & { rendered: Record<keyof typeof CONVERSATIONS, Rendered> })[]>('templates');
  const takesTextOnly = (name: string) => name.includes('text only');

  const render = async (files: ReplacedFiles, messages: keyof typeof CONVERSATIONS) => {
    const settings = await readModelSettings(tinyCheckpointWith(files));
    return createChatTemplate(settings, createTokenizer(settings).specialTokens).render(CONVERSATIONS[messages]);
  };

  it.each(cases.filter(({ name }) => !takesTextOnly(name)))('$name', async ({ files, rendered }) => {
    for (const name of ['text', 'string', 'image'] as const) expect(await render(files, name)).toBe(rendered[name]);
  });

  // transformers fails on a list of parts, or prints Python's; given the text itself, it renders the question.
  it.each(cases.filter(({ name }) => takesTextOnly(name)))('$name: gets its text, and refuses images', async (each) => {
    expect(await render(each.files, 'text')).toBe(each.rendered.string);
    expect(await render(each.files, 'string')).toBe(each.rendered.string);
    const withImage = render(each.files, 'image');
    await expect(withImage).rejects.toThrow('takes text only, and the prompt has an image');
    await expect(withImage).rejects.toThrow(UnsupportedModelError);
  });
});

describe('image settings, beside transformers', () => {
  const { size, pixels, cases } = readCases<{
    size: [number, number];
    pixels: string;
    cases: (Case & { imageGridThw: number[]; pixelValues: string })[];
  }>('images');

  const process = async (files: ReplacedFiles) => {
    const settings = await readModelSettings(tinyCheckpointWith(files));
    const read = (settings.json('processor_config.json')?.image_processor ??
      settings.json('preprocessor_config.json') ??
      {}) as { patch_size?: number };
    const vision = { patchSize: read.patch_size ?? 14, temporalPatchSize: 2, mergeSize: 2 };
    return createImageProcessor(settings, {}, vision).process(rawImage(size, pixels), 'image');
  };

  it.each(cases.filter(({ error }) => !error))('$name', async ({ files, imageGridThw, pixelValues }) => {
    const processed = await process(files);
    expect(processed.gridThw).toEqual(imageGridThw);
    const expected = unpackFloats(pixelValues);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(largestDifference(processed.pixelValues, expected)).toBeLessThan(1e-6 * largest);
  });

  it.each(cases.filter(({ error }) => error))('$name: refused there and here', async ({ files }) => {
    await expect(process(files)).rejects.toThrow(RiseError);
  });
});

describe('the settings of generation, beside transformers', () => {
  const cases = readCases<(Case & { eosTokenId: number | number[]; tokenIds: number[] })[]>('generation');

  it.each(cases)('$name', async ({ files, eosTokenId, tokenIds }) => {
    const { stopTokenIds } = await loadProcessor(tinyCheckpointWith(files));
    expect(stopTokenIds).toEqual([eosTokenId].flat());
    expect(await generate(files)).toEqual(tokenIds);
  });
});

describe('heads and epsilons, beside transformers', () => {
  const cases = readCases<(Case & { head: Head; tokenIds: number[] })[]>('weights');

  it.each(cases)('$name', async ({ files, head, tokenIds }) => {
    expect(await generate({ ...files, 'model.safetensors': await changeHead(head) })).toEqual(tokenIds);
  });
});

describe('image files, beside Pillow', () => {
  const cases = readCases<{ name: string; bytes: string; size: [number, number]; pixels: string }[]>('decode');

  it.each(cases)('$name', async ({ name, bytes, size, pixels }) => {
    const image = await decodeImage(Buffer.from(bytes, 'base64'), name);
    expect([image.width, image.height]).toEqual(size);
    // The two libraries bundle different decoders of these, which round differently.
    const rounding = name.startsWith('avif') ? 3 : name.startsWith('jpeg') ? 2 : 0;
    expect(largestDifference(image.data, unpack(pixels))).toBeLessThanOrEqual(rounding);
  });
});

async function generate(files: ReplacedFiles): Promise<number[]> {
  const { model, processor } = await loadPolicy(tinyFilesWith(files));
  try {
    const prompt = await processor.processPrompt({ content: [TEXT] });
    const { stopTokenIds, repetitionPenalty } = processor;
    const settings = { maxNewTokens: 12, temperature: 0, topP: 1, topK: 0, repetitionPenalty, stopTokenIds };
    const [{ tokenIds }] = await createSampler(model, createTracedExecutor(), 1).generate(
      [{ prompt, seed: 0 }],
      settings,
    );
    return [...tokenIds];
  } finally {
    model.dispose();
  }
}

type Head = 'none' | 'equal' | 'swapped' | 'only' | 'small';

/** The weights of rise-tiny with another head, as the script makes them. */
async function changeHead(head: Head): Promise<Uint8Array> {
  const weights = await readWeights(tinyFilesWith({}));
  const table = weights.get(EMBEDDINGS)!;
  if (head === 'equal') weights.set(HEAD, table);
  if (head === 'swapped') weights.set(HEAD, swapRows(table, 16, 23));
  if (head === 'only') {
    weights.delete(EMBEDDINGS);
    weights.set(HEAD, table);
  }
  if (head === 'small')
    weights.set(EMBEDDINGS, { ...table, data: table.data.map((value) => value * Math.fround(0.01)) });
  return encodeWholeSafetensors(weights);
}

const EMBEDDINGS = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

function swapRows({ data, shape }: HostTensor, first: number, second: number): HostTensor {
  const width = shape[1];
  const swapped = data.slice();
  swapped.set(data.subarray(second * width, (second + 1) * width), first * width);
  swapped.set(data.subarray(first * width, (first + 1) * width), second * width);
  return { data: swapped, shape };
}
