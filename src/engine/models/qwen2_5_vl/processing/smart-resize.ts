import { InvalidInputError } from '../../../../schema/errors.ts';
import { findAspectFault, type ImageSize } from '../../../../schema/image-limits.ts';

/**
 * The size Qwen2-VL's processor resizes an image to: both sides multiples of `factor`, the area within the limits,
 * the aspect ratio as near as that allows.
 * @throws InvalidInputError when one side is over 200 times the other
 */
export function smartResize(
  { width, height }: ImageSize,
  factor: number,
  limits: { minPixels: number; maxPixels: number },
  name: string,
): ImageSize {
  const fault = findAspectFault({ width, height }, name);
  if (fault) throw new InvalidInputError(fault);
  const rounded = {
    width: roundHalfEven(width / factor) * factor,
    height: roundHalfEven(height / factor) * factor,
  };
  const area = rounded.width * rounded.height;
  if (area > limits.maxPixels) {
    const shrink = Math.sqrt((height * width) / limits.maxPixels);
    const scaled = (side: number) => Math.max(factor, Math.floor(side / shrink / factor) * factor);
    return { width: scaled(width), height: scaled(height) };
  }
  if (area < limits.minPixels) {
    const grow = Math.sqrt(limits.minPixels / (height * width));
    const scaled = (side: number) => Math.ceil((side * grow) / factor) * factor;
    return { width: scaled(width), height: scaled(height) };
  }
  return rounded;
}

/** Rounds halves to the even neighbour, as Python does. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
