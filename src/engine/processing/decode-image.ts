import sharp from 'sharp';
import { InvalidInputError } from '../../schema/errors.ts';
import type { RawImage } from './image.ts';

/** Images of more pixels than this are refused before they are decoded. */
export const maxInputPixels = 64_000_000;

/**
 * Decodes an image file to RGB as `transformers` does: turned as its EXIF orientation says, alpha dropped (not
 * blended), colour profile ignored, first frame only.
 * @param name what error messages call the image
 * @throws InvalidInputError when the bytes are no image, or a larger one than `maxInputPixels`
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<RawImage> {
  const decoder = sharp(bytes, { ignoreIcc: true, failOn: 'error', limitInputPixels: false });
  const { width, height } = await decoder.metadata().catch((error: Error) => refuse(name, error));
  if (width * height > maxInputPixels) {
    throw new InvalidInputError(
      `${name} has ${width} x ${height} pixels, over the limit of ${maxInputPixels}; scale it down`,
    );
  }
  const { data, info } = await decoder
    .autoOrient()
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => refuse(name, error));
  return { data, width: info.width, height: info.height };
}

function refuse(name: string, cause: Error): never {
  throw new InvalidInputError(`${name} cannot be decoded (${cause.message}); give a whole PNG, JPEG or WebP file`, {
    cause,
  });
}
