import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import {
  encodeSafetensors,
  encodeValues,
  encodeWholeSafetensors,
} from '../../../../src/engine/weights/encode-safetensors.ts';
import { CorruptRecordError, UnsupportedModelError } from '../../../../src/schema/errors.ts';
import { modelFilesOf, readWeights } from '../../../support/model-files.ts';

beforeAll(loadBackend);

const read = (bytes: Uint8Array, pieceBytes?: number) =>
  readWeights(modelFilesOf({ 'model.safetensors': bytes }, pieceBytes));

/** Written by the Python package `safetensors`: a F16 [5], b BF16 [2,2], c F32 [2,1], e F32 [0,3]. */
const pythonFile = Buffer.from(
  'AAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJjIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDFdLCJkYXRhX29mZn' +
    'NldHMiOlswLDhdfSwiZSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMCwzXSwiZGF0YV9vZmZzZXRzIjpbOCw4XX0sImIiOnsiZHR5cGUiOiJC' +
    'RjE2Iiwic2hhcGUiOlsyLDJdLCJkYXRhX29mZnNldHMiOls4LDE2XX0sImEiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzVdLCJkYXRhX29mZn' +
    'NldHMiOlsxNiwyNl19fSAgzczMPex4rWDAPwDASUCDOgA8ALj/ewEAAHw=',
  'base64',
);

function aFile(header: unknown, valueBytes: number): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(valueBytes)]);
}

const aTensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('a safetensors file', () => {
  it.each([1, 3, 7, 1000])(
    'holds float32, bfloat16 and float16 as PyTorch has them, read in pieces of %d bytes',
    async (pieceBytes) => {
      const tensors = await read(pythonFile, pieceBytes);
      expect(Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]))).toEqual({
        a: [5],
        b: [2, 2],
        c: [2, 1],
        e: [0, 3],
      });
      expect([...tensors.get('a')!.data]).toEqual([1, -0.5, 65504, 2 ** -24, Infinity]);
      expect([...tensors.get('b')!.data]).toEqual([1.5, -2, 3.140625, 131 * 2 ** -17]);
      expect([...tensors.get('c')!.data]).toEqual([0.10000000149011612, 1.0000000200408773e20]);
    },
  );

  it.each([
    ['an empty file', new Uint8Array(0)],
    ['a header longer than the file', Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 123, 125])],
    ['a header that is not JSON', aFile('{"a":', 0)],
    ['a header that is a list', aFile('[]', 0)],
    ['a tensor without offsets', aFile({ a: { dtype: 'F32', shape: [1] } }, 4)],
    ['a negative dimension', aFile({ a: aTensor(0, 4, [-1]) }, 4)],
    ['values past the end', aFile({ a: aTensor(0, 8) }, 4)],
    ['overlapping tensors', aFile({ a: aTensor(0, 8), b: aTensor(4, 12) }, 12)],
    ['a hole between tensors', aFile({ a: aTensor(0, 4), b: aTensor(8, 12) }, 12)],
    ['bytes of no tensor', aFile({ a: aTensor(0, 4) }, 8)],
    ['a shape that needs other bytes', aFile({ a: aTensor(0, 8, [3]) }, 8)],
    ['a reversed range', aFile({ a: aTensor(4, 0, [1]) }, 4)],
  ])('is refused: %s', async (_fault, bytes) => {
    await expect(read(bytes)).rejects.toThrow(CorruptRecordError);
    await expect(read(bytes)).rejects.toThrow(/^model\.safetensors: /);
  });

  it('names the storage type it cannot read', async () => {
    const bytes = aFile({ a: aTensor(0, 4, [4], 'I8') }, 4);
    await expect(read(bytes)).rejects.toThrow(UnsupportedModelError);
    await expect(read(bytes)).rejects.toThrow(/a is stored as I8/);
  });

  it('that ends while it is read names the tensor that is cut', async () => {
    const files = modelFilesOf({ 'model.safetensors': pythonFile });
    const file = (await files.open('model.safetensors'))!;
    const cut = {
      ...file,
      read: (start: number, end: number) => file.read(start, Math.min(end, pythonFile.length - 1)),
    };
    await expect(readWeights({ ...files, open: async () => cut })).rejects.toThrow(
      /model\.safetensors: a ends too early/,
    );
  });
});

describe('encodeSafetensors', () => {
  const tensors = new Map([
    ['z', { shape: [2, 2], data: Float32Array.of(1, -2.5, 1e-30, 3e38) }],
    ['a', { shape: [1], data: Float32Array.of(0.1) }],
  ]);

  it('keeps float32 values to the bit', async () => {
    const bytes = encodeWholeSafetensors(tensors);
    expect(await read(bytes)).toEqual(new Map([...tensors].toSorted()));
    expect(JSON.parse(Buffer.from(bytes.subarray(8)).toString().split('}}')[0].concat('}}')).__metadata__).toEqual({
      format: 'pt',
    });
  });

  it('gives equal bytes for equal tensors in another order', () => {
    expect(encodeWholeSafetensors(new Map([...tensors].toReversed()))).toEqual(encodeWholeSafetensors(tensors));
  });

  it.each([1, 2, 3, 5, 9])(
    'begins values at a multiple of 64 bytes, whatever the header of %d names takes',
    async (count) => {
      const names = Array.from({ length: count }, (_, at) => 'w'.repeat(at + 1));
      const named = new Map(names.map((name, at) => [name, { shape: [1], data: Float32Array.of(at) }]));
      const bytes = encodeWholeSafetensors(named);
      expect((bytes.length - 4 * count) % 64).toBe(0);
      expect(await read(bytes)).toEqual(named);
    },
  );

  it("asks for a tensor's values when those before are written", () => {
    const asked: string[] = [];
    const sourceOf = (name: string) => ({
      shape: [2],
      *values() {
        asked.push(name);
        yield Float32Array.of(1);
        yield Float32Array.of(2);
      },
    });
    const pieces = encodeSafetensors(new Map(['b', 'a'].map((name) => [name, sourceOf(name)])));
    const askedBy = [...pieces].map(() => [...asked]);
    expect(askedBy.length).toBe(5);
    expect(asked).toEqual(['a', 'b']);
  });

  it('rounds float16 to nearest, ties to even', () => {
    const values = Float32Array.of(1, -2.5, 65504, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -24);
    const { buffer, byteOffset } = encodeValues(values, 'float16');
    expect([...new Uint16Array(buffer, byteOffset, 6)]).toEqual([0x3c00, 0xc100, 0x7bff, 0x3c00, 0x3c02, 1]);
  });

  it('rounds bfloat16 to nearest, ties to even, as PyTorch', async () => {
    const data = Float32Array.of(1.00390625, 1.01171875, 3.4e38, -1e-40, 1.0039063, Number.NaN);
    const bytes = encodeWholeSafetensors(new Map([['x', { shape: [6], data }]]), 'BF16');
    const halves = new Uint16Array(new Uint8Array(bytes.subarray(-12)).buffer);
    expect([...halves].slice(0, 5)).toEqual([16256, 16258, 32640, 32769, 16256]);
    expect((await read(bytes)).get('x')!.data[5]).toBeNaN();
  });
});
