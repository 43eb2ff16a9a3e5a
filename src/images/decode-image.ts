import sharp, { type Sharp } from 'sharp';
import type { RawImage } from '../base/raw-image.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { findPixelFault, type ImageSize } from '../schema/image-limits.ts';
import { isBmp, readBmp, unpackBmp } from './decode-bmp.ts';
import { isGif, readGif, unpackGif } from './decode-gif.ts';
import { findSubsampledChroma, smoothChroma } from './smooth-chroma.ts';

/** An image, and what its file is: `png`, `jpeg`, `webp`, `gif`, `bmp` and so on. */
export interface DecodedImage extends RawImage {
  format: string;
}

/**
 * Decodes an image file to RGB as `transformers` does, which is as Pillow does: turned as its EXIF orientation says, else as
 * that of its XMP; alpha dropped (not blended), colour profile ignored, first frame only.
 * @param name what error messages call the image
 * @throws InvalidInputError when the bytes are no image, or one of more than `MAX_IMAGE_PIXELS`
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  try {
    if (isBmp(bytes)) return { ...unpack(readBmp(bytes), unpackBmp, name), format: 'bmp' };
    // libvips clears transparent pixels, whose colour Pillow keeps.
    if (isGif(bytes)) return { ...unpack(readGif(bytes), unpackGif, name), format: 'gif' };
    return await decodeWithVips(bytes, name);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const { message } = error as Error;
    throw new InvalidInputError(
      `${name} cannot be decoded (${message}); give a whole PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF file`,
      { cause: error },
    );
  }
}

function unpack<Header extends { size: ImageSize }>(
  header: Header,
  unpackPixels: (header: Header) => RawImage,
  name: string,
): RawImage {
  checkPixels(header.size, name);
  return unpackPixels(header);
}

function checkPixels(size: ImageSize, name: string): void {
  const fault = findPixelFault(size, name);
  if (fault) throw new InvalidInputError(fault);
}

async function decodeWithVips(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  const decoder = sharp(bytes, { ignoreIcc: true, failOn: 'error', limitInputPixels: false });
  const metadata = await decoder.metadata();
  checkPixels(metadata, name);
  const { format } = metadata;
  const turned = metadata.orientation === undefined ? turnByXmp(decoder, metadata.xmp) : decoder.autoOrient();
  if (metadata.space === 'cmyk') {
    const { data, info } = await turned
      .pipelineColourspace('cmyk')
      .toColourspace('cmyk')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data: convertInks(data), width: info.width, height: info.height, format };
  }
  if (metadata.space === 'grey16' && (metadata.channels === 1 || hasTransparentGrey(bytes))) {
    const { data, info } = await turned
      .removeAlpha()
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    return { data: clipGrey(data), width: info.width, height: info.height, format };
  }
  const { data, info } = await turned
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const image = { data, width: info.width, height: info.height };
  const chroma = format === 'heif' ? findSubsampledChroma(bytes) : undefined;
  return { ...(chroma ? smoothChroma(image, chroma) : image), format };
}

/** A PNG of one channel, whose transparent grey libvips makes a second one. */
const hasTransparentGrey = (bytes: Uint8Array) => bytes[0] === 0x89 && bytes[25] === 0;

/** Orientation 2 to 8 as turns and flips. */
function turnByXmp(image: Sharp, xmp: Buffer | undefined): Sharp {
  switch (xmp?.toString('latin1').match(/tiff:Orientation(?:="|>)([0-9])/)?.[1]) {
    case '2':
      return image.flop();
    case '3':
      return image.rotate(180);
    case '4':
      return image.flip();
    case '5':
      return image.flop().rotate(270);
    case '6':
      return image.rotate(90);
    case '7':
      return image.flop().rotate(90);
    case '8':
      return image.rotate(270);
    default:
      return image;
  }
}

/** CMYK without a profile: `(255 - ink) (255 - key) / 255`, rounded as Pillow does. */
function convertInks(inks: Uint8Array): Uint8Array {
  const data = new Uint8Array((inks.length / 4) * 3);
  for (let pixel = 0; 4 * pixel < inks.length; pixel++) {
    const light = 255 - inks[4 * pixel + 3];
    for (let channel = 0; channel < 3; channel++) {
      const product = inks[4 * pixel + channel] * light + 128;
      data[3 * pixel + channel] = light - ((product + (product >> 8)) >> 8);
    }
  }
  return data;
}

/** A single channel of 16 bits, which Pillow clips instead of scaling. */
function clipGrey(bytes: Uint8Array): Uint8Array {
  const values = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const data = new Uint8Array(3 * values.length);
  for (let at = 0; at < values.length; at++) data.fill(Math.min(values[at], 255), 3 * at, 3 * at + 3);
  return data;
}
