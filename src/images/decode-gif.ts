import type { RawImage } from '../base/raw-image.ts';
import type { ImageSize } from '../schema/image-limits.ts';

/** The first frame of a GIF, before its pixels are unpacked. */
export interface GifFrame {
  /** The screen, widened to the frame where that is larger. */
  size: ImageSize;
  frame: { left: number; top: number; width: number; height: number };
  isInterlaced: boolean;
  /** RGB triples; absent where neither screen nor frame has a palette. */
  palette?: Uint8Array;
  transparentIndex?: number;
  /** Width in bits of the first codes. */
  codeBits: number;
  packed: Uint8Array;
}

export const isGif = (bytes: Uint8Array) => bytes.length > 6 && /^GIF8[79]a$/.test(latin1(bytes.subarray(0, 6)));

/** Reads up to the first frame. Throws `Error` saying what is wrong. */
export function readGif(bytes: Uint8Array): GifFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = (at: number) => view.getUint16(at, true);
  const screen = { width: short(6), height: short(8) };
  let at = 13;
  const readPalette = (flags: number) => {
    if (!(flags & 0x80)) return undefined;
    const start = at;
    at += 3 << ((flags & 7) + 1);
    return bytes.subarray(start, at);
  };
  const screenPalette = readPalette(bytes[10]);
  let transparentIndex: number | undefined;
  for (;;) {
    const mark = bytes[at++];
    if (mark === 0x21) {
      // A graphic control extension of four bytes: flags, delay, transparent index.
      if (bytes[at] === 0xf9 && bytes[at + 1] >= 4 && bytes[at + 2] & 1) transparentIndex = bytes[at + 5];
      at = skipBlocks(bytes, at + 1);
    } else if (mark === 0x2c) {
      const frame = { left: short(at), top: short(at + 2), width: short(at + 4), height: short(at + 6) };
      const flags = bytes[at + 8];
      at += 9;
      const palette = readPalette(flags) ?? screenPalette;
      return {
        size: {
          width: Math.max(screen.width, frame.left + frame.width),
          height: Math.max(screen.height, frame.top + frame.height),
        },
        frame,
        isInterlaced: (flags & 0x40) !== 0,
        palette,
        transparentIndex,
        codeBits: bytes[at],
        packed: joinBlocks(bytes, at + 1),
      };
    } else if (mark === undefined || mark === 0x3b) {
      throw new Error('a GIF without an image');
    }
  }
}

/** As Pillow: the colour of a transparent index is the palette's, also around the frame; 0 where there is none. */
export function unpackGif({
  size,
  frame,
  isInterlaced,
  palette,
  transparentIndex,
  codeBits,
  packed,
}: GifFrame): RawImage {
  const indices = new Uint8Array(size.width * size.height).fill(transparentIndex ?? 0);
  const rows = isInterlaced ? interlacedRows(frame.height) : Array.from({ length: frame.height }, (_, row) => row);
  const pixels = unpackCodes(packed, codeBits, frame.width * frame.height);
  rows.forEach((row, read) => {
    const line = pixels.subarray(read * frame.width, (read + 1) * frame.width);
    indices.set(line, (frame.top + row) * size.width + frame.left);
  });
  const data = new Uint8Array(3 * indices.length);
  for (let at = 0; at < indices.length; at++) {
    for (let channel = 0; channel < 3; channel++) {
      data[3 * at + channel] = palette ? (palette[3 * indices[at] + channel] ?? 0) : indices[at];
    }
  }
  return { data, ...size };
}

/** Every eighth row, then those halfway between, and so on. */
function interlacedRows(height: number): number[] {
  const passes = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ];
  return passes.flatMap(([first, step]) =>
    Array.from({ length: Math.ceil(Math.max(0, height - first) / step) }, (_, at) => first + at * step),
  );
}

/** LZW of variable width, as in the GIF89a specification, appendix F. Throws `Error` where codes end early or are none. */
function unpackCodes(packed: Uint8Array, codeBits: number, length: number): Uint8Array {
  if (!(codeBits >= 1 && codeBits <= 11)) throw new Error(`GIF codes of ${codeBits} bits`);
  const [clear, end] = [1 << codeBits, (1 << codeBits) + 1];
  const prefixes = new Uint16Array(4096);
  const lasts = Uint8Array.from({ length: 4096 }, (_, code) => (code < clear ? code : 0));
  const run = new Uint8Array(4097);
  const pixels = new Uint8Array(length);
  let [bits, next, previous, first] = [codeBits + 1, end + 1, -1, 0];
  let [buffer, held, read, written] = [0, 0, 0, 0];
  while (written < length) {
    while (held < bits) {
      if (read === packed.length) throw new Error('a GIF that ends within its image');
      buffer |= packed[read++] << held;
      held += 8;
    }
    const code = buffer & ((1 << bits) - 1);
    buffer >>>= bits;
    held -= bits;
    if (code === end) throw new Error('a GIF that ends within its image');
    if (code === clear) {
      [bits, next, previous] = [codeBits + 1, end + 1, -1];
      continue;
    }
    if (code > next || (code === next && previous < 0) || (previous < 0 && code > end)) throw new Error('a broken GIF');
    let depth = 0;
    let at = code;
    // The code that is just being made: the run before, and its own first pixel again.
    if (code === next) {
      run[depth++] = first;
      at = previous;
    }
    for (; at > end; at = prefixes[at]) run[depth++] = lasts[at];
    first = at;
    run[depth++] = first;
    while (depth > 0 && written < length) pixels[written++] = run[--depth];
    if (previous >= 0 && next < 4096) {
      prefixes[next] = previous;
      lasts[next++] = first;
      if (next === 1 << bits && bits < 12) bits++;
    }
    previous = code;
  }
  return pixels;
}

/** The place after blocks of a length and as many bytes, of which an empty one is the last. */
function skipBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at]) at += bytes[at] + 1;
  return at + 1;
}

function joinBlocks(bytes: Uint8Array, start: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = start; bytes[at]; at += bytes[at] + 1) blocks.push(bytes.subarray(at + 1, at + 1 + bytes[at]));
  return Buffer.concat(blocks);
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
