import sharp from 'sharp';
import type { RawImage } from '../base/raw-image.ts';

/** Lossless PNG, always of the same bytes for the same pixels and library version. */
export async function encodePng({ data, width, height }: RawImage): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}
