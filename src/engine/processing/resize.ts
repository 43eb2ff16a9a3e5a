import type { RawImage } from '../../base/raw-image.ts';

/** Fixed-point bits of a coefficient: 32 less 8 of the pixel and 2 for the overshoot of the kernel. */
const precisionBits = 22;

/** Pillow's ways of resampling. */
export type Resampling = 'nearest' | 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';

interface Kernel {
  /** Beyond it, the weight is 0. */
  radius: number;
  weigh(position: number): number;
}

const KERNELS: Record<Exclude<Resampling, 'nearest'>, Kernel> = {
  box: { radius: 0.5, weigh: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { radius: 1, weigh: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { radius: 1, weigh: (x) => (Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0) },
  bicubic: { radius: 2, weigh: cubic },
  lanczos: { radius: 3, weigh: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** For each output position, the first input position it reads and the fixed-point weight of each from there. */
interface Taps {
  starts: Int32Array;
  weights: Int32Array[];
}

/**
 * Resampling byte for byte as Pillow 13: the kernel widens with the reduction (antialiasing), one pass along
 * each axis, each rounded to 8 bits from 22-bit fixed-point weights. The height goes first where it loses over twice as
 * many pixels as the width. Returns the image itself when the size is the same.
 */
export function resize(image: RawImage, width: number, height: number, resampling: Resampling): RawImage {
  if (resampling === 'nearest') return pickNearest(image, width, height);
  const kernel = KERNELS[resampling];
  const heightFirst = height < image.height && image.height - height > 2 * (image.width - width);
  return heightFirst
    ? resizeColumns(resizeRows(image, height, kernel), width, kernel)
    : resizeRows(resizeColumns(image, width, kernel), height, kernel);
}

function pickNearest(image: RawImage, width: number, height: number): RawImage {
  if (width === image.width && height === image.height) return image;
  const columns = nearestPositions(image.width, width);
  const rows = nearestPositions(image.height, height);
  const data = new Uint8Array(width * height * 3);
  let target = 0;
  for (const row of rows) {
    for (const column of columns) {
      const source = (row * image.width + column) * 3;
      for (let channel = 0; channel < 3; channel++) data[target++] = image.data[source + channel];
    }
  }
  return { data, width, height };
}

/** Summed step by step, whose rounding decides between neighbours. */
function nearestPositions(inputSize: number, outputSize: number): Int32Array {
  const step = inputSize / outputSize;
  const positions = new Int32Array(outputSize);
  for (let at = 0, centre = step / 2; at < outputSize; at++, centre += step) {
    positions[at] = Math.min(Math.trunc(centre), inputSize - 1);
  }
  return positions;
}

function resizeColumns(image: RawImage, width: number, kernel: Kernel): RawImage {
  if (width === image.width) return image;
  const { starts, weights } = computeTaps(image.width, width, kernel);
  const data = new Uint8ClampedArray(width * image.height * 3);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      accumulate(data, (y * width + x) * 3, image.data, (y * image.width + starts[x]) * 3, 3, weights[x]);
    }
  }
  return { data: new Uint8Array(data.buffer), width, height: image.height };
}

function resizeRows(image: RawImage, height: number, kernel: Kernel): RawImage {
  if (height === image.height) return image;
  const { starts, weights } = computeTaps(image.height, height, kernel);
  const stride = image.width * 3;
  const data = new Uint8ClampedArray(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < image.width; x++) {
      accumulate(data, y * stride + x * 3, image.data, starts[y] * stride + x * 3, stride, weights[y]);
    }
  }
  return { data: new Uint8Array(data.buffer), width: image.width, height };
}

/** Writes one RGB pixel: the weighted sum of input pixels `stride` bytes apart. */
function accumulate(
  target: Uint8ClampedArray,
  offset: number,
  source: Uint8Array,
  start: number,
  stride: number,
  weights: Int32Array,
): void {
  const half = 1 << (precisionBits - 1);
  let red = half;
  let green = half;
  let blue = half;
  for (let tap = 0, at = start; tap < weights.length; tap++, at += stride) {
    const weight = weights[tap];
    red += source[at] * weight;
    green += source[at + 1] * weight;
    blue += source[at + 2] * weight;
  }
  target[offset] = red >> precisionBits;
  target[offset + 1] = green >> precisionBits;
  target[offset + 2] = blue >> precisionBits;
}

function computeTaps(inputSize: number, outputSize: number, { radius, weigh }: Kernel): Taps {
  const ratio = inputSize / outputSize;
  const scale = Math.max(ratio, 1);
  const support = radius * scale;
  const starts = new Int32Array(outputSize);
  const weights: Int32Array[] = [];
  for (let position = 0; position < outputSize; position++) {
    const centre = (position + 0.5) * ratio;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(inputSize, Math.trunc(centre + support + 0.5));
    const kernel = Array.from({ length: end - start }, (_, tap) => weigh((start + tap - centre + 0.5) * (1 / scale)));
    const total = kernel.reduce((sum, value) => sum + value, 0);
    starts[position] = start;
    weights.push(Int32Array.from(kernel, (value) => toFixedPoint(value / total)));
  }
  return { starts, weights };
}

function toFixedPoint(value: number): number {
  return Math.trunc(value * 2 ** precisionBits + (value < 0 ? -0.5 : 0.5));
}

/** Keys' cubic convolution kernel with a = -0.5. */
function cubic(position: number): number {
  const a = -0.5;
  const x = Math.abs(position);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function sinc(position: number): number {
  const x = Math.PI * position;
  return x === 0 ? 1 : Math.sin(x) / x;
}
