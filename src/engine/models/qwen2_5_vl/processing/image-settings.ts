import { z } from 'zod';
import { UnsupportedModelError } from '../../../../schema/errors.ts';
import type { Resampling } from '../../../processing/resize.ts';
import type { ModelSettings } from '../../../weights/model-settings.ts';

/** By Pillow's numbers. */
const RESAMPLINGS: readonly Resampling[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

const Pixels = z.int().positive();
/** Every image would be enlarged to it: no more than the largest that the published checkpoints make. */
const LeastPixels = Pixels.max(28 * 28 * 16384);

const perChannel = (number: z.ZodNumber) => z.union([number, z.tuple([number, number, number])]);

/** Defaults are those of `Qwen2VLImageProcessor`; what it does not read either (cropping, padding) is left alone. */
const ImageProcessorFile = z.object({
  patch_size: z.int().positive().default(14),
  temporal_patch_size: z.int().positive().default(2),
  merge_size: z.int().positive().default(2),
  do_resize: z.boolean().default(true),
  do_rescale: z.boolean().default(true),
  do_normalize: z.boolean().default(true),
  resample: z
    .int()
    .min(0)
    .max(RESAMPLINGS.length - 1)
    .default(RESAMPLINGS.indexOf('bicubic')),
  min_pixels: LeastPixels.nullish(),
  max_pixels: Pixels.nullish(),
  size: z.unknown().optional(),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  image_mean: perChannel(z.number()).default([0.48145466, 0.4578275, 0.40821073]),
  image_std: perChannel(z.number().positive()).default([0.26862954, 0.26130258, 0.27577711]),
});

/** `shortest_edge` and `longest_edge` are areas in spite of their names. */
const Size = z.strictObject({
  shortest_edge: LeastPixels.nullish(),
  longest_edge: Pixels.nullish(),
  min_pixels: Pixels.nullish(),
  max_pixels: Pixels.nullish(),
});

/** How a checkpoint's images become patches. */
export interface ImageSettings {
  /** In pixels. */
  patchSize: number;
  temporalPatchSize: number;
  mergeSize: number;
  /** Images keep their size without it. */
  resizing?: { resampling: Resampling; minPixels: number; maxPixels: number };
  /** What 8-bit values are multiplied by; 1 leaves them as they are. */
  rescale: number;
  /** Per channel, subtracted and divided by; absent where values stay as they are. */
  normalization?: { mean: readonly number[]; std: readonly number[] };
}

/**
 * The settings of `image_processor` in `processor_config.json`, which transformers 5 saves, else of `preprocessor_config.json`.
 * Throws `UnsupportedModelError` naming the file for what cannot be read, or names no limits.
 */
export function readImageSettings(settings: ModelSettings): ImageSettings {
  const saved = settings.json('processor_config.json')?.image_processor ?? undefined;
  const place =
    saved === undefined ? 'preprocessor_config.json of the checkpoint' : 'image_processor in processor_config.json';
  const file = parsePart(ImageProcessorFile, saved ?? settings.requireJson('preprocessor_config.json'), place);
  const limits = findLimits(file, place);
  return {
    patchSize: file.patch_size,
    temporalPatchSize: file.temporal_patch_size,
    mergeSize: file.merge_size,
    ...(file.do_resize && { resizing: { resampling: RESAMPLINGS[file.resample], ...limits } }),
    rescale: file.do_rescale ? file.rescale_factor : 1,
    ...(file.do_normalize && { normalization: { mean: spread(file.image_mean), std: spread(file.image_std) } }),
  };
}

/** `min_pixels` and `max_pixels` go before the edges of `size`, each for itself. */
function findLimits(file: z.infer<typeof ImageProcessorFile>, place: string) {
  const defaults = { shortest_edge: 56 * 56, longest_edge: 28 * 28 * 1280 };
  const size = parsePart(Size, file.size ?? defaults, `${place}: size`);
  const minPixels = file.min_pixels ?? size.shortest_edge;
  const maxPixels = file.max_pixels ?? size.longest_edge;
  if (minPixels && maxPixels) return { minPixels, maxPixels };
  throw new UnsupportedModelError(
    `${place}: size ${JSON.stringify(file.size)} lacks ${minPixels ? 'longest_edge' : 'shortest_edge'}; ` +
      'give both edges, or min_pixels and max_pixels',
  );
}

const spread = (value: number | readonly number[]) => (typeof value === 'number' ? [value, value, value] : value);

function parsePart<T>(schema: z.ZodType<T>, json: unknown, place: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnsupportedModelError(`${place}:\n${z.prettifyError(parsed.error)}`);
}
