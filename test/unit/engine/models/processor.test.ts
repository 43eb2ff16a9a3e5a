import sharp from 'sharp';
import type { RawImage } from '../../../../src/base/raw-image.ts';
import { folderModelFiles, type ReadModelFile } from '../../../../src/engine/weights/model-files.ts';
import { InvalidInputError, UnsupportedModelError } from '../../../../src/schema/errors.ts';
import { fixturePath } from '../../../parity/fixtures.ts';
import { loadProcessor } from '../../../support/load-processor.ts';

const { read: readCheckpoint } = folderModelFiles(fixturePath('one-image/checkpoint'));
const imageTokenId = 325;

/** The checkpoint with some files replaced, or taken away by `undefined`. */
function checkpointWith(files: Record<string, object | undefined>): ReadModelFile {
  return async (name) => {
    if (!(name in files)) return readCheckpoint(name);
    return files[name] === undefined ? undefined : Buffer.from(JSON.stringify(files[name]));
  };
}

function stripes(width: number, height: number): RawImage {
  return { width, height, data: Uint8Array.from({ length: 3 * width * height }, (_, at) => (at * 7) % 256) };
}

describe('processing a prompt', () => {
  it('gives decoded pixels and a lossless file of them the same patches', async () => {
    const processor = await loadProcessor(readCheckpoint);
    const image = stripes(84, 56);
    const file = await sharp(image.data, { raw: { width: 84, height: 56, channels: 3 } })
      .png()
      .toBuffer();
    const fromPixels = await processor.processPrompt({ content: [{ type: 'image', image }] });
    const fromFile = await processor.processPrompt({ content: [{ type: 'image', image: file }] });
    expect(fromPixels).toEqual(fromFile);
    expect(fromPixels.images[0].gridThw).toEqual([1, 4, 6]);
    expect(fromPixels.images[0].pixelValues).toHaveLength(24 * 3 * 2 * 14 * 14);
    expect(fromPixels.tokenIds.filter((id) => id === imageTokenId)).toHaveLength(6);
  });

  it('keeps images within pixel limits given for the run', async () => {
    const processor = await loadProcessor(readCheckpoint, { minPixels: 28 * 28, maxPixels: 28 * 28 });
    const { images } = await processor.processPrompt({ content: [{ type: 'image', image: stripes(200, 200) }] });
    expect(images[0].gridThw).toEqual([1, 2, 2]);
  });

  it('refuses text that holds an image token of its own', async () => {
    const processor = await loadProcessor(readCheckpoint);
    const processing = processor.processPrompt({ content: [{ type: 'text', text: 'What is <|image_pad|>?' }] });
    await expect(processing).rejects.toThrow('1 image placeholders for 0 images');
    await expect(processing).rejects.toThrow(InvalidInputError);
  });

  it.each([
    ['a strip', stripes(201, 1), 'image 2 of 2 is 201 x 1'],
    ['too few bytes', { ...stripes(28, 28), height: 29 }, 'image 2 of 2 has 2352 bytes for 28 x 29 pixels'],
    ['no file', Buffer.from('GIF'), 'image 2 of 2 cannot be decoded'],
  ])('refuses %s, by its place', async (_, image, message) => {
    const processor = await loadProcessor(readCheckpoint);
    const content = [stripes(28, 28), image].map((each) => ({ type: 'image' as const, image: each }));
    await expect(processor.processPrompt({ content })).rejects.toThrow(message);
  });
});

describe('loading a processor', () => {
  it('takes stop tokens and the repetition penalty from the generation config', async () => {
    const generation = { eos_token_id: [322, 320], repetition_penalty: 1.05 };
    const processor = await loadProcessor(checkpointWith({ 'generation_config.json': generation }));
    expect(processor.stopTokenIds).toEqual([322, 320]);
    expect(processor.repetitionPenalty).toBe(1.05);
  });

  it('takes the stop token from the tokenizer without one', async () => {
    const processor = await loadProcessor(checkpointWith({ 'generation_config.json': undefined }));
    expect(processor.stopTokenIds).toEqual([322]);
    expect(processor.repetitionPenalty).toBe(1);
  });

  it.each([
    ['no tokenizer', { 'tokenizer.json': undefined }, 'no tokenizer.json'],
    ['no chat template', { 'chat_template.json': undefined }, 'no chat template'],
    ['a bad patch size', { 'preprocessor_config.json': { patch_size: 0 } }, 'patch_size'],
  ])('refuses a checkpoint with %s', async (_, files, message) => {
    const loading = loadProcessor(checkpointWith(files));
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(UnsupportedModelError);
  });
});
