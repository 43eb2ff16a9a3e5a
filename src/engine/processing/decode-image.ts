import sharp from 'sharp';
import type { RawImage } from '../../base/raw-image.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { findPixelFault } from '../../schema/image-limits.ts';

/**
 * Decodes an image file to RGB as `transformers` does: turned as its EXIF orientation says, alpha dropped (not
 * blended), colour profile ignored, first frame only.
 * @param name what error messages call the image
 * @throws InvalidInputError when the bytes are no image, or one of more than `MAX_IMAGE_PIXELS`
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<RawImage> {
  const decoder = sharp(bytes, { ignoreIcc: true, failOn: 'error', limitInputPixels: false });
  const fault = findPixelFault(await decoder.metadata().catch((error: Error) => refuse(name, error)), name);
  if (fault) throw new InvalidInputError(fault);
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
