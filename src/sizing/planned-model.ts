import { type ModelShape, parseModelShape } from './model-shape.ts';

/** A model that is planned for; its weights need not be there. */
export interface PlannedModel {
  /** The file that says what it is, or the name of a published checkpoint. */
  source: string;
  shape: ModelShape;
  /** Bytes of a weight in its files. */
  storedBytes: 2 | 4;
  /** Areas that its processor enlarges an image to, and shrinks it to. */
  minPixels: number;
  maxPixels: number;
}

/** What published checkpoints say in preprocessor_config.json: 4 to 16,384 tokens. */
const PUBLISHED_PIXELS = { min: 28 * 28 * 4, max: 28 * 28 * 16_384 };

/**
 * A model by its config.json and, where it is there, its preprocessor_config.json.
 *
 * @throws UnsupportedModelError one that the engine cannot run
 */
export function describeModel(source: string, json: object, processor: object = {}): PlannedModel {
  const { dtype, torch_dtype: type = dtype } = json as Record<'dtype' | 'torch_dtype', string | undefined>;
  const { min_pixels: min, max_pixels: max, size } = processor as ProcessorPixels;
  return {
    source,
    shape: parseModelShape(json),
    storedBytes: type === 'float32' ? 4 : 2,
    minPixels: min ?? size?.shortest_edge ?? PUBLISHED_PIXELS.min,
    maxPixels: max ?? size?.longest_edge ?? PUBLISHED_PIXELS.max,
  };
}

interface ProcessorPixels {
  min_pixels?: number;
  max_pixels?: number;
  size?: { shortest_edge?: number; longest_edge?: number };
}
