import { graphAddon } from './graph-addon.ts';

/** How many values a tensor of that shape has. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** Element types of tensors that JavaScript does not hold: bfloat16 has no array type there. */
export type NativeType = 'float32' | 'bfloat16';
/** Element types of files. */
export type StoredType = NativeType | 'float16';

/** TensorFlow's numbers for them. */
export const NATIVE_TYPES: Readonly<Record<StoredType, number>> = { float32: 1, bfloat16: 14, float16: 19 };

/**
 * Numbers outside of JavaScript's heap, of any size, in memory that a session shares without a copy. Its memory is freed when
 * each of its owners has let go: who made it is one.
 */
export interface NativeTensor {
  readonly dtype: NativeType;
  readonly shape: readonly number[];
  /** Its values. */
  readonly size: number;
  /** What the addon knows it by. */
  readonly handle: object;
  /** From its value number `first` on, as many as there are bytes for. float16 and bfloat16 may become float32. */
  fill(first: number, stored: StoredType, bytes: Uint8Array): void;
  /** Fills the target with values as float32, from value number `first` on. */
  copyValues(first: number, target: Float32Array): void;
  /** A copy of all its values in JavaScript's memory. */
  toFloat32(): Float32Array;
  /** Another one with the same values in float32; of its own, which the caller lets go. */
  widen(): NativeTensor;
  retain(): void;
  release(): void;
}

/** Values are whatever the memory held before. */
export function createNativeTensor(dtype: NativeType, shape: readonly number[]): NativeTensor {
  return toNativeTensor(graphAddon().createTensor(NATIVE_TYPES[dtype], shape), dtype, shape);
}

/** Gives a tensor of a mapped file: where its values begin, in bytes, and what they are. */
export type MapTensor = (position: number, stored: StoredType, shape: readonly number[]) => NativeTensor;

/**
 * Maps a file into memory. Its tensors' values are read when they are first used, and a session takes those that begin at a multiple
 * of 64 bytes without a copy: the file must stay as it is meanwhile, though it may be renamed or removed. float16 becomes
 * float32 at once.
 *
 * @param bytes that the file must have; throws when it has fewer, or cannot be read
 */
export function mapTensorFile(path: string, bytes: number): MapTensor {
  const addon = graphAddon();
  const file = addon.mapFile(path, bytes);
  return (position, stored, shape) => {
    const handle = addon.mapTensor(file, position, NATIVE_TYPES[stored], shape);
    if (stored !== 'float16') return toNativeTensor(handle, stored, shape);
    const wide = toNativeTensor(addon.widenTensor(handle), 'float32', shape);
    addon.releaseTensor(handle);
    return wide;
  };
}

/** Takes a handle of the addon over. */
export function toNativeTensor(handle: object, dtype: NativeType, shape: readonly number[]): NativeTensor {
  const addon = graphAddon();
  const size = sizeOf(shape);
  let owners = 1;
  return {
    dtype,
    shape,
    size,
    handle,
    fill: (first, stored, bytes) => addon.fillTensor(handle, first, NATIVE_TYPES[stored], bytes),
    copyValues: (first, target) => addon.copyValues(handle, first, target),
    toFloat32() {
      const values = new Float32Array(size);
      addon.copyValues(handle, 0, values);
      return values;
    },
    widen: () => toNativeTensor(addon.widenTensor(handle), 'float32', shape),
    retain() {
      owners += 1;
    },
    release() {
      owners -= 1;
      if (owners === 0) addon.releaseTensor(handle);
    },
  };
}

/** Values that are copied at a time: 4 MB. */
const PIECE_VALUES = 1 << 20;

/** All values in order as float32, a few megabytes at a time; lets the tensor go at the end. */
export function* drainValues(tensor: NativeTensor): Generator<Float32Array> {
  try {
    for (let first = 0; first < tensor.size; first += PIECE_VALUES) {
      const piece = new Float32Array(Math.min(PIECE_VALUES, tensor.size - first));
      tensor.copyValues(first, piece);
      yield piece;
    }
  } finally {
    tensor.release();
  }
}
