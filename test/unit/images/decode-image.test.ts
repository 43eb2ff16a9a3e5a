import sharp from 'sharp';
import { decodeImage } from '../../../src/images/decode-image.ts';
import { InvalidInputError } from '../../../src/schema/errors.ts';
import { MAX_IMAGE_PIXELS } from '../../../src/schema/image-limits.ts';

/** 2 x 2 pixels of two colours. */
const GIF = Buffer.from('R0lGODlhAgACAIAAAMgeWhQUFCwAAAAAAgACAAACA0QCBQA7', 'base64');
const BMP = Buffer.concat([
  Buffer.from('424d46000000000000003600000028000000', 'hex'),
  Buffer.from('0200000002000000010018000000000010000000', 'hex'),
  Buffer.alloc(32, 0x7f),
]);

describe('decoding an image', () => {
  it('refuses bytes that are no image, by name', async () => {
    const decoding = decodeImage(Buffer.from('no image'), 'figures/7.png');
    await expect(decoding).rejects.toThrow(InvalidInputError);
    await expect(decoding).rejects.toThrow(/^figures\/7\.png cannot be decoded/);
  });

  it('refuses a truncated file', async () => {
    const noise = { noise: { type: 'gaussian' as const, mean: 128, sigma: 50 } };
    const file = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'white', ...noise } })
      .jpeg()
      .toBuffer();
    const decoding = decodeImage(file.subarray(0, file.length / 2), 'half.jpg');
    await expect(decoding).rejects.toThrow(/^half\.jpg cannot be decoded/);
  });

  it('refuses an image over the pixel limit before decoding it', async () => {
    const width = 10_000;
    const height = MAX_IMAGE_PIXELS / width + 1;
    const file = await sharp({ create: { width, height, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await expect(decodeImage(file, 'poster.png')).rejects.toThrow('poster.png has 10000 x 6401 pixels');
  });

  it('clips grey pixels of 16 bits, and takes the high byte of colours', async () => {
    const values = Uint16Array.of(0x0000, 0x0012, 0x12ff, 0x8000, 0xffff, 0x00ff);
    const encode = (channels: 1 | 3, space: string) =>
      sharp(values, { raw: { width: 6 / channels, height: 1, channels } })
        .toColourspace(space)
        .png()
        .toBuffer();
    const grey = await decodeImage(await encode(1, 'grey16'), 'depth.png');
    expect([...grey.data].filter((_, at) => at % 3 === 0)).toEqual([0, 0x12, 0xff, 0xff, 0xff, 0xff]);
    const rgb = await decodeImage(await encode(3, 'rgb16'), 'scan.png');
    expect([...rgb.data]).toEqual([0, 0, 0x12, 0x80, 0xff, 0]);
  });

  it.each([
    ['a GIF', GIF],
    ['a bitmap', BMP],
  ])('refuses %s cut anywhere, and one of another size than its pixels', async (_, file) => {
    await expect(decodeImage(file, 'whole')).resolves.toMatchObject({ width: 2, height: 2 });
    for (let length = 0; length < file.length - 4; length++) {
      await expect(decodeImage(file.subarray(0, length), 'cut')).rejects.toThrow(InvalidInputError);
    }
  });

  it.each([
    ['a GIF', GIF, 6],
    ['a bitmap', BMP, 18],
  ])('refuses %s over the pixel limit before unpacking it', async (_, file, at) => {
    const large = Buffer.from(file);
    large.writeUInt16LE(60_000, at);
    large.writeUInt16LE(60_000, at === 6 ? 8 : 22);
    await expect(decodeImage(large, 'poster')).rejects.toThrow('poster has 60000 x 60000 pixels');
  });
});
