import { encodeSafetensors } from '../../../../src/engine/weights/safetensors.ts';
import { encodeWeightFiles, loadWeightFiles } from '../../../../src/engine/weights/weight-files.ts';
import { CorruptRecordError, UnsupportedModelError } from '../../../../src/schema/errors.ts';

const folder = (files: Record<string, Uint8Array | object>) => async (name: string) => {
  const file = files[name];
  return file === undefined || file instanceof Uint8Array ? file : Buffer.from(JSON.stringify(file));
};

describe('loadWeightFiles', () => {
  const shard = (name: string, value: number) =>
    encodeSafetensors(new Map([[name, { shape: [1], data: Float32Array.of(value) }]]));
  it('reads every shard of an index', async () => {
    const weights = await loadWeightFiles(
      folder({
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
  ])('refuses %s', async (_fault, files, error) => {
    await expect(loadWeightFiles(folder(files))).rejects.toThrow(error);
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
    const files = Object.fromEntries(encodeWeightFiles(tensors, 'optimizer', maxShardBytes));
    expect(Object.keys(files)).toEqual(names);
    expect(await loadWeightFiles(folder(files), 'optimizer')).toEqual(tensors);
  });
});
