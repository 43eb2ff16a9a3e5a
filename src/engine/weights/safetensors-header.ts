import { z } from 'zod';
import { CorruptRecordError, UnsupportedModelError } from '../../schema/errors.ts';
import type { StoredType } from '../runtime/native-tensor.ts';
import type { ModelFile } from './model-files.ts';

/** A tensor of a file, whose values have not been read. */
export interface StoredTensor {
  dtype: StoredType;
  shape: number[];
  file: ModelFile;
  /** Bytes of the file before its values. */
  position: number;
  bytes: number;
}

/** Storage types of weights that are read, by their names in a header. */
const STORED_TYPES: Readonly<Record<string, StoredType>> = { F32: 'float32', BF16: 'bfloat16', F16: 'float16' };
export const BYTES_PER_VALUE: Readonly<Record<StoredType, number>> = { float32: 4, bfloat16: 2, float16: 2 };

const LENGTH_BYTES = 8;
/** As the reference implementation: a longer header is an attack or a broken file. */
const MAX_HEADER_BYTES = 100_000_000;

const TensorInfo = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type TensorInfo = z.infer<typeof TensorInfo>;

/**
 * What a safetensors file holds, of any size: its header alone is read (format: huggingface/safetensors README).
 *
 * @throws CorruptRecordError header or offsets that cannot be right
 * @throws UnsupportedModelError a storage type other than F32, BF16, F16
 */
export async function readTensorHeader(file: ModelFile): Promise<Map<string, StoredTensor>> {
  try {
    return await readHeader(file);
  } catch (error) {
    // Of a file that was changed since, that is the better reason.
    await file.verify?.();
    throw error;
  }
}

async function readHeader(file: ModelFile): Promise<Map<string, StoredTensor>> {
  const headerBytes = await readHeaderLength(file);
  const begin = LENGTH_BYTES + headerBytes;
  const infos = parseHeader(await readBytes(file, LENGTH_BYTES, begin), file);
  checkLayout(infos, file.bytes - begin, file);
  return new Map(
    infos.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [first, end],
        },
      ]) => [name, { dtype: STORED_TYPES[dtype], shape, file, position: begin + first, bytes: end - first }],
    ),
  );
}

async function readHeaderLength(file: ModelFile): Promise<number> {
  if (file.bytes < LENGTH_BYTES) throw corrupt(file, `${file.bytes} bytes are too few for a safetensors file`);
  const prefix = await readBytes(file, 0, LENGTH_BYTES);
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  if (length <= Math.min(MAX_HEADER_BYTES, file.bytes - LENGTH_BYTES)) return length;
  throw corrupt(file, `a header of ${length} bytes does not fit in a file of ${file.bytes}`);
}

/** Throws `CorruptRecordError` for a file that ends before `end`. */
export async function readBytes(file: ModelFile, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  for await (const chunk of file.read(start, end)) {
    bytes.set(chunk, filled);
    filled += chunk.byteLength;
  }
  if (filled === bytes.length) return bytes;
  throw corrupt(file, `it ends after ${start + filled} of ${end} bytes`);
}

function parseHeader(bytes: Uint8Array, file: ModelFile): [string, TensorInfo][] {
  try {
    const header = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, info]) => [name, TensorInfo.parse(info)]);
  } catch (cause) {
    throw corrupt(file, 'the header is not the JSON of a safetensors file', cause);
  }
}

/** Every byte after the header belongs to exactly one tensor, and each tensor has the bytes its shape needs. */
function checkLayout(infos: readonly [string, TensorInfo][], valueBytes: number, file: ModelFile): void {
  let covered = 0;
  for (const [name, info] of infos.toSorted(byOffsets)) {
    const [begin, end] = info.data_offsets;
    if (!Object.hasOwn(STORED_TYPES, info.dtype)) {
      throw new UnsupportedModelError(
        `${file.name}: ${name} is stored as ${info.dtype}; convert it to ${Object.keys(STORED_TYPES).join(', ')}`,
      );
    }
    const expected = info.shape.reduce((a, b) => a * b, 1) * BYTES_PER_VALUE[STORED_TYPES[info.dtype]];
    if (begin !== covered || end - begin !== expected || end > valueBytes) {
      const claim = `${name} ${info.dtype} [${info.shape}] claims bytes ${begin}..${end} of ${valueBytes}`;
      throw corrupt(file, `${claim}, expected ${covered}..${covered + expected}`);
    }
    covered = end;
  }
  if (covered !== valueBytes) throw corrupt(file, `${valueBytes - covered} bytes belong to no tensor`);
}

/** In order of storage; an empty tensor comes before the one that starts where it does. */
function byOffsets([, a]: [string, TensorInfo], [, b]: [string, TensorInfo]): number {
  return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
}

const corrupt = ({ name }: ModelFile, fault: string, cause?: unknown) =>
  new CorruptRecordError(`${name}: ${fault}; download or save the file again`, { cause });
