/** Images of more pixels are refused before they are decoded. */
export const MAX_IMAGE_PIXELS = 64_000_000;

/** The longer side of an image may be this many times the shorter; the processors of Qwen's models refuse more. */
const MAX_ASPECT_RATIO = 200;

/** Sides in pixels. */
export interface ImageSize {
  width: number;
  height: number;
}

/** What is wrong with an image of too many pixels, if it is one. */
export function findPixelFault({ width, height }: ImageSize, name: string): string | undefined {
  if (width * height <= MAX_IMAGE_PIXELS) return undefined;
  return `${name} has ${width} x ${height} pixels, over the limit of ${MAX_IMAGE_PIXELS}; scale it down`;
}

/** What is wrong with an image that is too long for its width, or too wide, if it is one. */
export function findAspectFault({ width, height }: ImageSize, name: string): string | undefined {
  if (Math.max(width, height) <= MAX_ASPECT_RATIO * Math.min(width, height)) return undefined;
  return `${name} is ${width} x ${height}: one side is over ${MAX_ASPECT_RATIO} times the other; crop or pad it`;
}
