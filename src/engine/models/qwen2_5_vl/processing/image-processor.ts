import type { RawImage } from '../../../../base/raw-image.ts';
import { InvalidInputError, UnsupportedModelError } from '../../../../schema/errors.ts';
import { findPixelFault, type ImageSize } from '../../../../schema/image-limits.ts';
import type { ImageProcessor, PixelLimits } from '../../../processing/processor.ts';
import { resize } from '../../../processing/resize.ts';
import type { ModelSettings } from '../../../weights/model-settings.ts';
import type { Qwen25VLConfig } from '../config.ts';
import { type ImageSettings, readImageSettings } from './image-settings.ts';
import { extractPatches } from './patches.ts';
import { smartResize } from './smart-resize.ts';

/**
 * The image processor that a checkpoint describes.
 *
 * @param vision what the model takes; patches of another size throw `UnsupportedModelError`
 */
export function createImageProcessor(
  settings: ModelSettings,
  overrides: PixelLimits,
  vision: Pick<Qwen25VLConfig['vision'], 'patchSize' | 'temporalPatchSize' | 'mergeSize'>,
): ImageProcessor {
  const imageSettings = readImageSettings(settings);
  checkPatches(imageSettings, vision);
  const layout = { ...imageSettings, normalised: normalisationTable(imageSettings) };
  return {
    process(image, name) {
      checkImage(image, name);
      return extractPatches(fitPatches(image, name, imageSettings, overrides), layout);
    },
    tokenCount: ([time, height, width]) => (time * height * width) / imageSettings.mergeSize ** 2,
  };
}

function checkPatches(settings: ImageSettings, vision: Parameters<typeof createImageProcessor>[2]): void {
  const sizes = [
    ['patch_size', settings.patchSize, 'patch_size', vision.patchSize],
    ['temporal_patch_size', settings.temporalPatchSize, 'temporal_patch_size', vision.temporalPatchSize],
    ['merge_size', settings.mergeSize, 'spatial_merge_size', vision.mergeSize],
  ] as const;
  for (const [name, given, modelName, taken] of sizes) {
    if (given === taken) continue;
    throw new UnsupportedModelError(
      `the image settings of the checkpoint have ${name} ${given}, its config.json ${modelName} ${taken} in vision_config; ` +
        'give the files of one checkpoint',
    );
  }
}

/** An image whose sides are whole numbers of merged patches. */
function fitPatches(image: RawImage, name: string, settings: ImageSettings, overrides: PixelLimits): RawImage {
  const factor = settings.patchSize * settings.mergeSize;
  const { resizing } = settings;
  if (!resizing) return requireWholePatches(image, factor, name);
  const minPixels = overrides.minPixels ?? resizing.minPixels;
  const maxPixels = overrides.maxPixels ?? resizing.maxPixels;
  const size = smartResize(image, factor, { minPixels, maxPixels }, name);
  return resize(image, size.width, size.height, resizing.resampling);
}

function requireWholePatches<Image extends ImageSize>(image: Image, factor: number, name: string): Image {
  if (image.width % factor === 0 && image.height % factor === 0) return image;
  throw new InvalidInputError(
    `${name} is ${image.width} x ${image.height}, and this checkpoint does not resize (do_resize is false); ` +
      `give sides that are multiples of ${factor}`,
  );
}

function checkImage({ data, width, height }: RawImage, name: string): void {
  if (width < 1 || height < 1 || data.length !== 3 * width * height) {
    throw new InvalidInputError(`${name} has ${data.length} bytes for ${width} x ${height} pixels; give 3 a pixel`);
  }
  const fault = findPixelFault({ width, height }, name);
  if (fault) throw new InvalidInputError(fault);
}

/** `(value * rescale - mean) / std` for each channel and 8-bit value, rounded to float32 where NumPy rounds. */
function normalisationTable({ rescale, normalization }: ImageSettings): Float32Array[] {
  const { mean, std } = normalization ?? { mean: [0, 0, 0], std: [1, 1, 1] };
  return mean.map((channelMean, channel) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => Math.fround(Math.fround(value * rescale) - Math.fround(channelMean)) / Math.fround(std[channel]),
    ),
  );
}
