import { z } from 'zod';
import { CorruptRecordError, UnsupportedModelError } from '../../schema/errors.ts';

/** A tensor in host memory: row-major values and their shape. */
export interface HostTensor {
  shape: number[];
  data: Float32Array;
}

/** Storage types of weights that are read; all become float32. */
const BYTES_PER_VALUE = { F32: 4, BF16: 2, F16: 2 } as const;
type StorageType = keyof typeof BYTES_PER_VALUE;

const LENGTH_BYTES = 8;
/** The limit of the reference implementation: a longer header is an attack or a broken file. */
const MAX_HEADER_BYTES = 100_000_000;

const TensorInfo = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type TensorInfo = z.infer<typeof TensorInfo>;

/**
 * Reads every tensor of a safetensors file as float32 (format: huggingface/safetensors README).
 * float32 values share memory with `bytes` where their alignment allows.
 *
 * @param place names the file in errors
 * @throws CorruptRecordError header or offsets that cannot be right
 * @throws UnsupportedModelError a storage type other than F32, BF16, F16
 */
export function readSafetensors(bytes: Uint8Array, place: string): Map<string, HostTensor> {
  const { infos, values } = readHeader(bytes, place);
  checkLayout(infos, values.byteLength, place);
  return new Map(
    infos.map(([name, info]) => [
      name,
      { shape: info.shape, data: decodeValues(values.subarray(...info.data_offsets), info.dtype as StorageType) },
    ]),
  );
}

function readHeader(bytes: Uint8Array, place: string): { infos: [string, TensorInfo][]; values: Uint8Array } {
  const corrupt = (fault: string, cause?: unknown) =>
    new CorruptRecordError(`${place}: ${fault}; download or save the file again`, { cause });
  if (bytes.byteLength < LENGTH_BYTES) {
    throw corrupt(`${bytes.byteLength} bytes are too few for a safetensors file`);
  }
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (headerBytes > Math.min(MAX_HEADER_BYTES, bytes.byteLength - LENGTH_BYTES)) {
    throw corrupt(`a header of ${headerBytes} bytes does not fit in a file of ${bytes.byteLength}`);
  }
  const values = bytes.subarray(LENGTH_BYTES + headerBytes);
  try {
    const header = z
      .record(z.string(), z.unknown())
      .parse(
        JSON.parse(
          new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes)),
        ),
      );
    const infos = Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, info]): [string, TensorInfo] => [name, TensorInfo.parse(info)]);
    return { infos, values };
  } catch (cause) {
    throw corrupt('the header is not the JSON of a safetensors file', cause);
  }
}

/** Every byte after the header belongs to exactly one tensor, and each tensor has the bytes its shape needs. */
function checkLayout(infos: [string, TensorInfo][], valueBytes: number, place: string): void {
  let covered = 0;
  for (const [name, info] of infos.toSorted(byOffsets)) {
    const [begin, end] = info.data_offsets;
    if (!Object.hasOwn(BYTES_PER_VALUE, info.dtype)) {
      throw new UnsupportedModelError(
        `${place}: ${name} is stored as ${info.dtype}; convert it to ${Object.keys(BYTES_PER_VALUE).join(', ')}`,
      );
    }
    const expected = info.shape.reduce((a, b) => a * b, 1) * BYTES_PER_VALUE[info.dtype as StorageType];
    if (begin !== covered || end - begin !== expected || end > valueBytes) {
      throw new CorruptRecordError(
        `${place}: ${name} ${info.dtype} [${info.shape}] claims bytes ${begin}..${end} of ${valueBytes}, ` +
          `expected ${covered}..${covered + expected}; download or save the file again`,
      );
    }
    covered = end;
  }
  if (covered !== valueBytes) {
    throw new CorruptRecordError(
      `${place}: ${valueBytes - covered} bytes belong to no tensor; download or save the file again`,
    );
  }
}

/** Compares by order of storage; an empty tensor comes before the one that starts where it does. */
function byOffsets([, a]: [string, TensorInfo], [, b]: [string, TensorInfo]): number {
  return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
}

function decodeValues(bytes: Uint8Array, storage: StorageType): Float32Array {
  const size = BYTES_PER_VALUE[storage];
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const count = aligned.byteLength / size;
  if (storage === 'F32') return new Float32Array(aligned.buffer, aligned.byteOffset, count);
  const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, count);
  return storage === 'BF16' ? decodeBfloat16(halves) : decodeFloat16(halves);
}

function decodeBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

function decodeFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = float16ToNumber(halves[i]);
  return values;
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function float16ToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * The bytes of a safetensors file: tensors in order of name, so equal tensors give equal bytes.
 *
 * @param storage BF16 rounds to nearest, ties to even
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  storage: 'F32' | 'BF16' = 'F32',
): Uint8Array {
  const names = [...tensors.keys()].sort();
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    const begin = end;
    end += data.length * BYTES_PER_VALUE[storage];
    header[name] = { dtype: storage, shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes).set(json, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerBytes;
  for (const name of names) {
    const { data } = tensors.get(name)!;
    const encoded = storage === 'F32' ? data : encodeBfloat16(data);
    file.set(new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength), offset);
    offset += encoded.byteLength;
  }
  return file;
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
