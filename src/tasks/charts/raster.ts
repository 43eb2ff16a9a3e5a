import type { RawImage } from '../../base/raw-image.ts';

/** Red, green, blue in 0..255. */
export type Rgb = readonly [number, number, number];

/** A part of an image in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Side of every task image: 8 patches of 14 pixels, 4 merged patches of 28. */
export const IMAGE_SIDE = 112;

/** A white image of `IMAGE_SIDE` squared. */
export function createImage(): RawImage {
  return { data: new Uint8Array(IMAGE_SIDE * IMAGE_SIDE * 3).fill(255), width: IMAGE_SIDE, height: IMAGE_SIDE };
}

export function copyImage(image: RawImage): RawImage {
  return { ...image, data: image.data.slice() };
}

/** Fills the pixels of columns `left .. left+width-1` and rows `top .. top+height-1`. */
export function fillRect(image: RawImage, left: number, top: number, width: number, height: number, colour: Rgb): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) setPixel(image, x, y, colour);
  }
}

/** Fills the pixels whose centre lies within `radius` of the pixel corner (centreX, centreY). */
export function fillCircle(image: RawImage, centreX: number, centreY: number, radius: number, colour: Rgb): void {
  for (let y = centreY - radius; y < centreY + radius; y++) {
    for (let x = centreX - radius; x < centreX + radius; x++) {
      const dx = 2 * (x - centreX) + 1;
      const dy = 2 * (y - centreY) + 1;
      if (dx * dx + dy * dy <= 4 * radius * radius) setPixel(image, x, y, colour);
    }
  }
}

/** Fills an upright triangle: apex in the middle of the box's top edge, base along its bottom edge. */
export function fillTriangle(
  image: RawImage,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: Rgb,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const distanceFromAxis = Math.abs(2 * column + 1 - width);
      if (distanceFromAxis * height <= (row + 1) * width) setPixel(image, left + column, top + row, colour);
    }
  }
}

function setPixel(image: RawImage, x: number, y: number, colour: Rgb): void {
  const offset = (y * image.width + x) * 3;
  image.data[offset] = colour[0];
  image.data[offset + 1] = colour[1];
  image.data[offset + 2] = colour[2];
}
