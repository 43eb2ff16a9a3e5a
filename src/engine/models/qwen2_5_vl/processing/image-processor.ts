import { z } from 'zod';
import { InvalidInputError, UnsupportedModelError } from '../../../../schema/errors.ts';
import { maxInputPixels } from '../../../processing/decode-image.ts';
import type { ProcessedImage, RawImage } from '../../../processing/image.ts';
import { resizeBicubic } from '../../../processing/resize-bicubic.ts';
import { type ReadModelFile, readModelJson } from '../../../weights/model-files.ts';
import { extractPatches } from './patches.ts';
import { smartResize } from './smart-resize.ts';

/** Bounds on the pixels of an image after resizing. */
export interface PixelLimits {
  minPixels?: number;
  maxPixels?: number;
}

/** Pixels to patches, with the checkpoint's own sizes and normalisation. */
export interface ImageProcessor {
  /** @throws InvalidInputError (calling the image `name`) for one too large, too narrow or of the wrong length */
  process(image: RawImage, name: string): ProcessedImage;
  /** Image tokens the language model sees for a grid: one per merged block of patches. */
  tokenCount(gridThw: readonly [number, number, number]): number;
}

const rgb = z.tuple([z.number(), z.number(), z.number()]);

/** `preprocessor_config.json`; defaults are those of `Qwen2VLImageProcessor`. */
const preprocessorConfig = z.object({
  patch_size: z.int().positive().default(14),
  temporal_patch_size: z.int().positive().default(2),
  merge_size: z.int().positive().default(2),
  min_pixels: z.int().positive().nullish(),
  max_pixels: z.int().positive().nullish(),
  size: z.object({ shortest_edge: z.int().positive().nullish(), longest_edge: z.int().positive().nullish() }).nullish(),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  image_mean: rgb.default([0.48145466, 0.4578275, 0.40821073]),
  image_std: rgb.default([0.26862954, 0.26130258, 0.27577711]),
});

const defaultMinPixels = 56 * 56;
const defaultMaxPixels = 28 * 28 * 1280;

/** Loads `preprocessor_config.json` (or the `image_processor` part of `processor_config.json`). */
export async function loadImageProcessor(readFile: ReadModelFile, overrides: PixelLimits): Promise<ImageProcessor> {
  const config = await readPreprocessorConfig(readFile);
  const layout = {
    patchSize: config.patch_size,
    temporalPatchSize: config.temporal_patch_size,
    mergeSize: config.merge_size,
    normalised: normalisationTable(config.rescale_factor, config.image_mean, config.image_std),
  };
  const factor = config.patch_size * config.merge_size;
  const limits = {
    minPixels: overrides.minPixels ?? config.min_pixels ?? config.size?.shortest_edge ?? defaultMinPixels,
    maxPixels: overrides.maxPixels ?? config.max_pixels ?? config.size?.longest_edge ?? defaultMaxPixels,
  };
  return {
    process(image, name) {
      checkImage(image, name);
      const size = smartResize(image, factor, limits, name);
      return extractPatches(resizeBicubic(image, size.width, size.height), layout);
    },
    tokenCount: ([time, height, width]) => (time * height * width) / config.merge_size ** 2,
  };
}

async function readPreprocessorConfig(readFile: ReadModelFile): Promise<z.infer<typeof preprocessorConfig>> {
  const json =
    (await readModelJson(readFile, 'preprocessor_config.json')) ??
    (await readModelJson(readFile, 'processor_config.json'))?.image_processor ??
    {};
  const parsed = preprocessorConfig.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnsupportedModelError(`preprocessor_config.json of the checkpoint: ${z.prettifyError(parsed.error)}`);
}

function checkImage({ data, width, height }: RawImage, name: string): void {
  if (width < 1 || height < 1 || data.length !== 3 * width * height) {
    throw new InvalidInputError(`${name} has ${data.length} bytes for ${width} x ${height} pixels; give 3 a pixel`);
  }
  if (width * height > maxInputPixels) {
    throw new InvalidInputError(
      `${name} has ${width} x ${height} pixels, over the limit of ${maxInputPixels}; scale it down`,
    );
  }
}

/** `(value * rescale - mean) / std` for each channel and 8-bit value, rounded to float32 where NumPy rounds. */
function normalisationTable(rescale: number, mean: readonly number[], std: readonly number[]): Float32Array[] {
  return mean.map((channelMean, channel) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => Math.fround(Math.fround(value * rescale) - Math.fround(channelMean)) / Math.fround(std[channel]),
    ),
  );
}
