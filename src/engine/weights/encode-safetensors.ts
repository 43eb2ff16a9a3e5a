import { type StoredType, sizeOf } from '../runtime/native-tensor.ts';

/** A tensor in JavaScript's memory: row-major values and their shape. */
export interface HostTensor {
  shape: number[];
  data: Float32Array;
}

/** A tensor whose values come in order, some at a time, from wherever they are. */
export interface TensorSource {
  shape: readonly number[];
  values(): Iterable<Float32Array>;
}

/** How values are written: BF16 rounds to nearest, ties to even. */
export type Storage = 'F32' | 'BF16';

const BYTES_PER_VALUE = { F32: 4, BF16: 2 } as const;
const LENGTH_BYTES = 8;
/** Values begin at a multiple of it, behind spaces that the format allows: a session then takes them from the file without a copy. */
const ALIGNMENT = 64;

/** Bytes that a tensor's values take in a file. */
export const storedBytes = ({ shape }: Pick<TensorSource, 'shape'>, storage: Storage = 'F32') =>
  sizeOf(shape) * BYTES_PER_VALUE[storage];

/**
 * The bytes of a safetensors file, some at a time: tensors in order of name, so equal tensors give equal bytes. Each tensor's
 * values are asked for when those before are written.
 */
export function* encodeSafetensors(
  tensors: ReadonlyMap<string, HostTensor | TensorSource>,
  storage: Storage = 'F32',
): Generator<Uint8Array> {
  const names = [...tensors.keys()].sort();
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const name of names) {
    const tensor = tensors.get(name)!;
    const begin = end;
    end += storedBytes(tensor, storage);
    header[name] = { dtype: storage, shape: tensor.shape, data_offsets: [begin, end] };
  }
  yield encodeHeader(header);
  for (const name of names) {
    const tensor = tensors.get(name)!;
    for (const values of 'data' in tensor ? [tensor.data] : tensor.values()) {
      yield encodeValues(values, storage === 'F32' ? 'float32' : 'bfloat16');
    }
  }
}

/** The whole file at once, for few values. */
export const encodeWholeSafetensors = (...args: Parameters<typeof encodeSafetensors>): Uint8Array =>
  Buffer.concat([...encodeSafetensors(...args)]);

function encodeHeader(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(Math.ceil((LENGTH_BYTES + json.length) / ALIGNMENT) * ALIGNMENT);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - LENGTH_BYTES), true);
  bytes.fill(0x20, LENGTH_BYTES).set(json, LENGTH_BYTES);
  return bytes;
}

/** Values as bytes of a file, rounded to nearest, ties to even. */
export function encodeValues(values: Float32Array, type: StoredType): Uint8Array {
  const stored = {
    float32: () => values,
    bfloat16: () => encodeBfloat16(values),
    float16: () => new Float16Array(values),
  };
  const { buffer, byteOffset, byteLength } = stored[type]();
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function encodeBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const isNan = (bits[i] & 0x7fffffff) > 0x7f800000;
    halves[i] = isNan ? (bits[i] >>> 16) | 0x40 : (bits[i] + 0x7fff + ((bits[i] >>> 16) & 1)) >>> 16;
  }
  return halves;
}
