import { createImageProcessor } from '../../src/engine/models/qwen2_5_vl/processing/image-processor.ts';
import { smartResize } from '../../src/engine/models/qwen2_5_vl/processing/smart-resize.ts';
import { createChatTemplate } from '../../src/engine/processing/chat-template.ts';
import type { Turn } from '../../src/engine/processing/processor.ts';
import { resize } from '../../src/engine/processing/resize.ts';
import { createTokenizer } from '../../src/engine/processing/tokenizer.ts';
import { readModelSettings } from '../../src/engine/weights/model-settings.ts';
import { decodeImage } from '../../src/images/decode-image.ts';
import { loadProcessor } from '../support/load-processor.ts';
import {
  caseNames,
  largestDifference,
  loadParityCase,
  rawImage,
  readFixture,
  readFixtureFile,
  unpack,
  unpackFloats,
} from './fixtures.ts';

type Size = [number, number];

interface TextFixture {
  encode: { text: string; tokenIds: number[] }[];
  decode: { tokenIds: number[]; text: string; plainText: string }[];
  chat: {
    system?: string;
    content: ({ type: 'text'; text: string } | { type: 'image' })[];
    rendered: string;
  }[];
}

interface StoredTurn {
  role: Turn['role'];
  content: string | ({ type: 'text'; text: string } | { type: 'image' })[];
}

describe('resizing, beside Pillow', () => {
  const cases = readFixture<{ size: Size; target: Size; pixels: string; resized: string }[]>('processing/resize.json');

  it.each(cases)('$size to $target gives the same bytes', ({ size, target, pixels, resized }) => {
    const result = resize(rawImage(size, pixels), ...target, 'bicubic');
    expect(largestDifference(result.data, unpack(resized))).toBe(0);
  });
});

describe('smart resize, beside transformers', () => {
  const cases =
    readFixture<
      { height: number; width: number; factor: number; minPixels: number; maxPixels: number; resized: Size }[]
    >('processing/smart-resize.json');

  it.each(cases)('$height x $width by $factor within $minPixels..$maxPixels', (fixture) => {
    const { width, height } = smartResize(fixture, fixture.factor, fixture, 'image');
    expect([height, width]).toEqual(fixture.resized);
  });
});

describe('the image processor, beside transformers', () => {
  const cases = readFixture<
    { size: Size; config: object; pixels: string; imageGridThw: number[]; shape: Size; pixelValues: string }[]
  >('processing/image-processor.json');

  it.each(cases)('$size with $config', async ({ size, config, pixels, imageGridThw, pixelValues }) => {
    const processor = createImageProcessor(
      await readModelSettings(modelFiles({ 'preprocessor_config.json': config })),
      {},
      { patchSize: 14, temporalPatchSize: 2, mergeSize: 2, ...('patch_size' in config && { patchSize: 4 }) },
    );
    const processed = processor.process(rawImage(size, pixels), 'image');
    expect(processed.gridThw).toEqual(imageGridThw);
    expect(largestDifference(processed.pixelValues, unpackFloats(pixelValues))).toBeLessThan(1e-6);
  });
});

describe('decoding image files, beside Pillow', () => {
  const cases = readFixture<{ file: string; size: Size; pixels: string }[]>('processing/decode.json');

  it.each(cases)('$file', async ({ file, size, pixels }) => {
    const image = await decodeImage(readFixtureFile(`processing/${file}`), file);
    expect([image.width, image.height]).toEqual(size);
    // The two libraries bundle different JPEG decoders, whose inverse transforms round differently.
    expect(largestDifference(image.data, unpack(pixels))).toBeLessThanOrEqual(file.endsWith('.jpg') ? 2 : 0);
  });
});

describe('text, beside transformers', () => {
  const fixture = readFixture<TextFixture>('processing/text.json');
  const { files } = loadParityCase('one-image');

  it.each(fixture.encode)('encodes $text', async ({ text, tokenIds }) => {
    expect(createTokenizer(await readModelSettings(files.read)).encode(text)).toEqual(tokenIds);
  });

  it.each(fixture.decode)('decodes $tokenIds', async ({ tokenIds, text, plainText }) => {
    const tokenizer = createTokenizer(await readModelSettings(files.read));
    expect(tokenizer.decode(tokenIds, { skipSpecialTokens: false })).toBe(text);
    expect(tokenizer.decode(tokenIds, { skipSpecialTokens: true })).toBe(plainText);
  });

  it.each(fixture.chat)('renders $rendered, with system message $system', async ({ system, content, rendered }) => {
    const template = createChatTemplate(await readModelSettings(files.read), {});
    const before = system === undefined ? [] : [{ role: 'system' as const, content: system }];
    expect(template.render([...before, { role: 'user', content }])).toBe(rendered);
  });
});

describe.each(caseNames)('whole prompts of the checkpoint %s, beside transformers', (name) => {
  const { files, prompts } = loadParityCase(name);

  it.each(prompts)('$name', async ({ message, expected }) => {
    const processed = await (await loadProcessor(files.read)).processPrompt(message);
    expect(processed.tokenIds).toEqual(expected.tokenIds);
    expect(processed.images.map((image) => image.gridThw)).toEqual(expected.imageGridThw);
  });
});

function modelFiles(files: Record<string, object>) {
  return async (name: string) => (name in files ? Buffer.from(JSON.stringify(files[name])) : undefined);
}

describe('conversations, beside transformers', () => {
  const cases = readFixture<{ name: string; messages: StoredTurn[]; tokenIds: number[] }[]>(
    'processing/conversations.json',
  );
  const { files } = loadParityCase('one-image');
  const image = { data: new Uint8Array(28 * 28 * 3), width: 28, height: 28 };
  const toTurn = ({ role, content }: StoredTurn): Turn => ({
    role,
    content:
      typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part : { ...part, image })),
  });

  it.each(cases)('$name: the same tokens, one for an image', async ({ messages, tokenIds }) => {
    const processor = await loadProcessor(files.read);
    const prompt = await processor.processConversation(messages.map(toTurn));
    const imageToken = processor.encode('<|image_pad|>')[0];
    const once = prompt.tokenIds.filter((id, at, all) => id !== imageToken || all[at - 1] !== imageToken);
    expect(once).toEqual(tokenIds);
    expect(prompt.images).toHaveLength(tokenIds.filter((id) => id === imageToken).length);
  });
});
