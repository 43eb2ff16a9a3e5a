import { z } from 'zod';
import type { RawImage } from '../../../../base/raw-image.ts';
import { InvalidInputError, UnsupportedModelError } from '../../../../schema/errors.ts';
import { findPixelFault } from '../../../../schema/image-limits.ts';
import type { ImageProcessor, PixelLimits } from '../../../processing/processor.ts';
import { resizeBicubic } from '../../../processing/resize-bicubic.ts';
import type { ModelSettings } from '../../../weights/model-settings.ts';
import { extractPatches } from './patches.ts';
import { smartResize } from './smart-resize.ts';

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

/** The image processor that `preprocessor_config.json` (or `image_processor` in `processor_config.json`) describes. */
export function createImageProcessor(settings: ModelSettings, overrides: PixelLimits): ImageProcessor {
  const config = parsePreprocessorConfig(settings);
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

function parsePreprocessorConfig(settings: ModelSettings): z.infer<typeof preprocessorConfig> {
  const json =
    settings.json('preprocessor_config.json') ?? settings.json('processor_config.json')?.image_processor ?? {};
  const parsed = preprocessorConfig.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnsupportedModelError(`preprocessor_config.json of the checkpoint: ${z.prettifyError(parsed.error)}`);
}

function checkImage({ data, width, height }: RawImage, name: string): void {
  if (width < 1 || height < 1 || data.length !== 3 * width * height) {
    throw new InvalidInputError(`${name} has ${data.length} bytes for ${width} x ${height} pixels; give 3 a pixel`);
  }
  const fault = findPixelFault({ width, height }, name);
  if (fault) throw new InvalidInputError(fault);
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
