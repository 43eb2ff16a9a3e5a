import type { RawImage } from '../../base/raw-image.ts';
import { fillRect, type Rgb } from './raster.ts';

export const GLYPH_HEIGHT = 5;

/** Rows of three pixels from the top; `#` is ink. */
const GLYPHS: Record<number, string[]> = {
  1: ['.#.', '##.', '.#.', '.#.', '###'],
  2: ['###', '..#', '###', '#..', '###'],
  3: ['###', '..#', '.##', '..#', '###'],
  4: ['#.#', '#.#', '###', '..#', '..#'],
  5: ['###', '#..', '###', '..#', '###'],
  6: ['###', '#..', '###', '#.#', '###'],
  7: ['###', '..#', '.#.', '.#.', '.#.'],
  8: ['###', '#.#', '###', '#.#', '###'],
  9: ['###', '#.#', '###', '..#', '###'],
};

/** Draws a digit 1..9 with its top left pixel at (left, top). */
export function drawDigit(image: RawImage, digit: number, left: number, top: number, colour: Rgb): void {
  GLYPHS[digit].forEach((row, y) => {
    [...row].forEach((mark, x) => {
      if (mark === '#') fillRect(image, left + x, top + y, 1, 1, colour);
    });
  });
}
