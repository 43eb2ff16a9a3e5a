import sharp from 'sharp';
import { decodeImage } from '../../../../src/engine/processing/decode-image.ts';
import { InvalidInputError } from '../../../../src/schema/errors.ts';
import { MAX_IMAGE_PIXELS } from '../../../../src/schema/image-limits.ts';

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

  it('takes the high byte of 16-bit pixels', async () => {
    const gray = Uint16Array.of(0x0000, 0x12ff, 0x8000, 0xffff);
    const file = await sharp(gray, { raw: { width: 4, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharp(file).metadata()).depth).toBe('ushort');
    const { data } = await decodeImage(file, 'scan.png');
    expect([...data]).toEqual([0, 0, 0, 0x12, 0x12, 0x12, 0x80, 0x80, 0x80, 0xff, 0xff, 0xff]);
  });
});
