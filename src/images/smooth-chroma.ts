import type { RawImage } from '../base/raw-image.ts';

/** How the colour planes of an AVIF image are stored, and what they mean. */
export interface Chroma {
  /** Pixels that share a colour, across and down. */
  across: 1 | 2;
  down: 1 | 2;
  /** Shares of red and blue in brightness. */
  red: number;
  blue: number;
}

/** Of BT.709 and BT.2020, by their numbers in a `colr` box; all else is BT.601. */
const MATRICES: Record<number, { red: number; blue: number }> = {
  1: { red: 0.2126, blue: 0.0722 },
  9: { red: 0.2627, blue: 0.0593 },
};
const BT601 = { red: 0.299, blue: 0.114 };

/** What the boxes of an AVIF file say, if its planes are smaller than the image and it is not turned. */
export function findSubsampledChroma(file: Uint8Array): Chroma | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const settings = bytes.indexOf('av1C');
  if (settings < 0 || bytes.includes('irot') || bytes.includes('imir')) return undefined;
  // AV1CodecConfigurationRecord: after a version and a profile come flags, of which these two say what is halved.
  const flags = bytes[settings + 6];
  const [across, down] = [flags & 8 ? 2 : 1, flags & 4 ? 2 : 1] as const;
  const isMonochrome = (flags & 16) !== 0;
  if (across === 1 || isMonochrome) return undefined;
  const colour = bytes.indexOf('colrnclx');
  return { across, down, ...(MATRICES[colour < 0 ? 0 : bytes.readUInt16BE(colour + 12)] ?? BT601) };
}

/**
 * An image whose pixels share colours, as if colours had been interpolated between them: libheif repeats each, Pillow's decoder
 * weighs the nearest 3 to 1 along each axis. Colours are taken back out of the pixels, brightness stays each pixel's own.
 */
export function smoothChroma({ data, width, height }: RawImage, chroma: Chroma): RawImage {
  const { across, down, red: kr, blue: kb } = chroma;
  const columns = Math.ceil(width / across);
  const rows = Math.ceil(height / down);
  const brightness = new Float64Array(width * height);
  const planes = [new Float64Array(columns * rows), new Float64Array(columns * rows)];
  const weights = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const r = data[3 * at];
      const g = data[3 * at + 1];
      const b = data[3 * at + 2];
      brightness[at] = kr * r + (1 - kr - kb) * g + kb * b;
      // A clipped pixel says little of its colour; where all are, they must do.
      const weight = Math.min(r, g, b) > 0 && Math.max(r, g, b) < 255 ? 1 : 1e-6;
      const cell = Math.floor(y / down) * columns + Math.floor(x / across);
      planes[0][cell] += weight * (r - brightness[at]);
      planes[1][cell] += weight * (b - brightness[at]);
      weights[cell] += weight;
    }
  }
  for (const plane of planes)
    plane.forEach((sum, cell) => {
      plane[cell] = sum / weights[cell];
    });
  const smoothed = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const redPart = interpolate(planes[0], columns, rows, x, y, chroma);
      const bluePart = interpolate(planes[1], columns, rows, x, y, chroma);
      smoothed[3 * at] = brightness[at] + redPart;
      smoothed[3 * at + 1] = brightness[at] - (kr * redPart + kb * bluePart) / (1 - kr - kb);
      smoothed[3 * at + 2] = brightness[at] + bluePart;
    }
  }
  return { data: new Uint8Array(smoothed.buffer), width, height };
}

function interpolate(plane: Float64Array, columns: number, rows: number, x: number, y: number, chroma: Chroma): number {
  const [left, nextLeft] = neighbours(x, chroma.across, columns);
  const [top, nextTop] = neighbours(y, chroma.down, rows);
  const along = (row: number) => 0.75 * plane[row * columns + left] + 0.25 * plane[row * columns + nextLeft];
  return 0.75 * along(top) + 0.25 * along(nextTop);
}

/** The cell a pixel is in, and the one it is nearest to; at an edge the same. */
function neighbours(position: number, step: number, count: number): [number, number] {
  const cell = Math.floor(position / step);
  if (step === 1) return [cell, cell];
  const next = cell + (position % 2 === 0 ? -1 : 1);
  return [cell, Math.min(Math.max(next, 0), count - 1)];
}
