import type { RawImage } from '../base/raw-image.ts';
import type { ImageSize } from '../schema/image-limits.ts';

/** A bitmap, before its pixels are unpacked. */
export interface Bitmap {
  size: ImageSize;
  /** Bits of a pixel. */
  depth: 1 | 4 | 8 | 16 | 24 | 32;
  /** How the rows are stored: as they are, or in runs. */
  packing: 'rows' | 'runs-of-8' | 'runs-of-4';
  isTopDown: boolean;
  /** For 8 bits and less: BGR, `paletteStride` bytes an entry. */
  palette: Uint8Array;
  paletteStride: 3 | 4;
  /** For 16 bits and more: which bits of a pixel are red, green and blue. */
  masks: readonly [number, number, number];
  pixels: Uint8Array;
}

const COMPRESSIONS = { none: 0, runsOf8: 1, runsOf4: 2, bitFields: 3 };
const HEADER_SIZES = [12, 40, 52, 56, 64, 108, 124];

export const isBmp = (bytes: Uint8Array) => bytes.length > 26 && bytes[0] === 0x42 && bytes[1] === 0x4d;

/** Reads all but the pixels. Throws `Error` saying what is wrong. */
export function readBmp(bytes: Uint8Array): Bitmap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = view.getUint32(14, true);
  if (!HEADER_SIZES.includes(headerSize)) throw new Error(`a BMP header of ${headerSize} bytes`);
  const isOld = headerSize === 12;
  const height = isOld ? view.getUint16(20, true) : view.getInt32(22, true);
  const size = { width: isOld ? view.getUint16(18, true) : view.getUint32(18, true), height: Math.abs(height) };
  const depth = view.getUint16(isOld ? 24 : 28, true) as Bitmap['depth'];
  const compression = isOld ? COMPRESSIONS.none : view.getUint32(30, true);
  const paletteStride = isOld ? 3 : 4;
  const colours = depth > 8 ? 0 : (isOld ? 0 : view.getUint32(46, true)) || 1 << depth;
  // A header of 40 bytes has its bit masks behind it; larger ones hold them.
  const paletteAt = 14 + headerSize + (compression === COMPRESSIONS.bitFields && headerSize === 40 ? 12 : 0);
  return {
    size,
    depth: checkDepth(depth),
    packing: findPacking(compression),
    isTopDown: height < 0,
    palette: bytes.subarray(paletteAt, paletteAt + colours * paletteStride),
    paletteStride,
    masks: findMasks(depth, compression, (at) => view.getUint32(54 + 4 * at, true)),
    pixels: bytes.subarray(Math.max(view.getUint32(10, true), paletteAt)),
  };
}

function checkDepth(depth: number): Bitmap['depth'] {
  if ([1, 4, 8, 16, 24, 32].includes(depth)) return depth as Bitmap['depth'];
  throw new Error(`a BMP of ${depth} bits a pixel`);
}

function findPacking(compression: number): Bitmap['packing'] {
  if (compression === COMPRESSIONS.runsOf8) return 'runs-of-8';
  if (compression === COMPRESSIONS.runsOf4) return 'runs-of-4';
  if (compression === COMPRESSIONS.none || compression === COMPRESSIONS.bitFields) return 'rows';
  throw new Error(`a BMP of compression ${compression}`);
}

function findMasks(depth: number, compression: number, maskAt: (at: number) => number): Bitmap['masks'] {
  const plain: Bitmap['masks'] = depth === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
  if (compression !== COMPRESSIONS.bitFields) return plain;
  const masks = [maskAt(0), maskAt(1), maskAt(2)] as const;
  if (masks.every((mask) => mask === 0)) return plain;
  const allowed = depth === 16 ? [5, 6] : [8];
  const isKnown = masks.every((mask) => allowed.some((bits) => mask >>> lowestBit(mask) === (1 << bits) - 1));
  if (isKnown) return masks;
  throw new Error('a BMP of other bit fields than 5, 6 or 8 bits a colour');
}

/** Throws `Error` where pixels are missing. */
export function unpackBmp(bitmap: Bitmap): RawImage {
  const { size, isTopDown } = bitmap;
  const { width, height } = size;
  const readRow = bitmap.depth <= 8 ? readPaletteRows(bitmap) : readColourRows(bitmap);
  const data = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    readRow(row, data.subarray(3 * width * (isTopDown ? row : height - 1 - row)));
  }
  return { data, width, height };
}

/** Writes the RGB pixels of a stored row. */
type ReadRow = (row: number, target: Uint8Array) => void;

function readPaletteRows(bitmap: Bitmap): ReadRow {
  const { size, depth, palette, paletteStride } = bitmap;
  const indexAt = bitmap.packing === 'rows' ? packedIndices(bitmap) : runIndices(bitmap);
  const colourAt = (index: number, channel: number) => palette[index * paletteStride + 2 - channel] ?? 0;
  return (row, target) => {
    for (let x = 0; x < size.width; x++) {
      const index = indexAt(row, x) & ((1 << depth) - 1);
      for (let channel = 0; channel < 3; channel++) target[3 * x + channel] = colourAt(index, channel);
    }
  };
}

/** Rows are padded to four bytes; the leftmost pixel of a byte has its highest bits. */
function packedIndices({ size, depth, pixels }: Bitmap) {
  const stride = rowBytes(size.width, depth);
  requireBytes(pixels, stride * size.height);
  const perByte = 8 / depth;
  return (row: number, x: number) =>
    pixels[row * stride + Math.floor(x / perByte)] >> (8 - depth * ((x % perByte) + 1));
}

/** Runs of one colour (two in turn, of 4 bits) within a row, stretches of single pixels, and jumps, which leave index 0. */
function runIndices({ size: { width, height }, packing, pixels }: Bitmap) {
  const indices = new Uint8Array(width * height);
  const isHalf = packing === 'runs-of-4';
  const nibble = (byte: number, at: number) => (at % 2 === 0 ? byte >> 4 : byte & 15);
  let [read, written, x] = [0, 0, 0];
  while (written < indices.length && read + 1 < pixels.length) {
    const [count, value] = [pixels[read], pixels[read + 1]];
    read += 2;
    if (count > 0) {
      const length = Math.min(count, Math.max(0, width - x));
      for (let at = 0; at < length; at++) indices[written++] = isHalf ? nibble(value, at) : value;
      x += length;
    } else if (value === 0) {
      written = Math.ceil(written / width) * width;
      x = 0;
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      written += (pixels[read] ?? 0) + (pixels[read + 1] ?? 0) * width;
      x = written % width;
      read += 2;
    } else {
      for (let at = 0; at < value; at++)
        indices[written++] = isHalf ? nibble(pixels[read + (at >> 1)], at) : pixels[read + at];
      x += value;
      const length = isHalf ? (value + 1) >> 1 : value;
      read += length + (length % 2);
    }
  }
  return (row: number, column: number) => indices[row * width + column];
}

function readColourRows({ size, depth, masks, pixels }: Bitmap): ReadRow {
  const stride = rowBytes(size.width, depth);
  requireBytes(pixels, stride * size.height);
  const bytesOf = depth / 8;
  const shifts = masks.map(lowestBit);
  const largest = masks.map((mask, channel) => mask >>> shifts[channel]);
  return (row, target) => {
    for (let x = 0; x < size.width; x++) {
      let pixel = 0;
      for (let byte = 0; byte < bytesOf; byte++) pixel |= pixels[row * stride + x * bytesOf + byte] << (8 * byte);
      for (let channel = 0; channel < 3; channel++) {
        const value = (pixel & masks[channel]) >>> shifts[channel];
        target[3 * x + channel] = Math.trunc((value * 255) / largest[channel]);
      }
    }
  };
}

const rowBytes = (width: number, depth: number) => Math.ceil((width * depth) / 32) * 4;

const lowestBit = (mask: number) => 31 - Math.clz32(mask & -mask);

function requireBytes(pixels: Uint8Array, length: number): void {
  if (pixels.length < length) throw new Error('a BMP that ends within its image');
}
