import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import { encodeWholeSafetensors } from '../../../../src/engine/weights/encode-safetensors.ts';
import { encodeWeightFiles } from '../../../../src/engine/weights/weight-files.ts';
import { CorruptRecordError, UnsupportedModelError } from '../../../../src/schema/errors.ts';
import { modelFilesOf, readWeights } from '../../../support/model-files.ts';

beforeAll(loadBackend);

describe('weight files', () => {
  const shard = (name: string, value: number) =>
    encodeWholeSafetensors(new Map([[name, { shape: [1], data: Float32Array.of(value) }]]));
  it('reads every shard of an index', async () => {
    const weights = await readWeights(
      modelFilesOf({
        'model.safetensors.index.json': { weight_map: { a: '1.safetensors', b: '2.safetensors' } },
        '1.safetensors': shard('a', 1),
        '2.safetensors': shard('b', 2),
      }),
    );
    expect([...weights].map(([name, { data }]) => [name, data[0]])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  it.each([
    ['a folder without weights', {}, UnsupportedModelError],
    [
      'a missing shard',
      { 'model.safetensors.index.json': { weight_map: { a: '1.safetensors' } } },
      UnsupportedModelError,
    ],
    [
      'a shard without its tensor',
      { 'model.safetensors.index.json': { weight_map: { b: '1.safetensors' } }, '1.safetensors': shard('a', 1) },
      CorruptRecordError,
    ],
    ['an index without a map', { 'model.safetensors.index.json': {} }, CorruptRecordError],
    ...['../model.safetensors', '/etc/passwd', 'a/b.safetensors', '..\\a.safetensors'].map(
      (file): [string, object, typeof CorruptRecordError] => [
        `an index that names ${file}`,
        { 'model.safetensors.index.json': { weight_map: { a: file } }, [file]: shard('a', 1) },
        CorruptRecordError,
      ],
    ),
  ])('refuses %s', async (_fault, files, error) => {
    await expect(readWeights(modelFilesOf(files))).rejects.toThrow(error);
  });
});

describe('encodeWeightFiles', () => {
  const tensors = new Map(['a', 'b', 'c'].map((name, i) => [name, { shape: [2], data: Float32Array.of(i, i / 3) }]));

  it.each([
    [100, ['optimizer.safetensors']],
    [
      16,
      [
        'optimizer-00001-of-00002.safetensors',
        'optimizer-00002-of-00002.safetensors',
        'optimizer.safetensors.index.json',
      ],
    ],
  ])('writes files of at most %d bytes of values, which load again', async (maxShardBytes, names) => {
    const files = Object.fromEntries(
      [...encodeWeightFiles(tensors, 'optimizer', maxShardBytes)].map(([name, pieces]) => [
        name,
        Buffer.concat([...pieces]),
      ]),
    );
    expect(Object.keys(files)).toEqual(names);
    expect(await readWeights(modelFilesOf(files), 'optimizer')).toEqual(tensors);
  });
});
