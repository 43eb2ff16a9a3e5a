import { z } from 'zod';
import { CorruptRecordError, InvalidInputError } from '../../../src/schema/errors.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { completeOnce } from '../../../src/store/complete-once.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { encodeRecords, readConfig, readJson, readRecords } from '../../../src/store/records.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const store = openStore(aTemporaryFolder());
const work = { stage: 'scoring', runId: 'run-1', seed: 7, versions: { accuracy: '1' } };

describe('completeOnce', () => {
  it('writes parts, then a manifest with their sizes and hashes in key order', async () => {
    await completeOnce(store, 'one/', work, async (writePart) => {
      await writePart('one/b.jsonl', 'é\n', 1);
      await writePart('one/a.bin', Uint8Array.of(1, 2, 3));
      await writePart('one/c.bin', [Uint8Array.of(1), Uint8Array.of(2, 3)]);
      return { correct: 3 };
    });
    const manifest = await readJson(store, 'one/manifest.json', Manifest);
    expect(manifest.parts).toEqual([
      { key: 'one/a.bin', bytes: 3, sha256: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81' },
      {
        key: 'one/b.jsonl',
        bytes: 3,
        records: 1,
        sha256: 'edd3a863872a04239eb29ad4bc12fc892b3d4ae57cc7e786a3697816f8e141c2',
      },
      { key: 'one/c.bin', bytes: 3, sha256: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81' },
    ]);
    expect(manifest.summary).toEqual({ correct: 3 });
    expect([...(await store.read('one/c.bin'))]).toEqual([1, 2, 3]);
  });

  it('does finished work no second time', async () => {
    await completeOnce(store, 'two/', work, async () => ({ attempt: 1 }));
    const summary = await completeOnce(store, 'two/', work, async () => {
      throw new Error('ran again');
    });
    expect(summary).toEqual({ attempt: 1 });
  });

  it.each([
    ['is gone', () => store.delete('damaged/b')],
    ['is of another size', () => store.write('damaged/b', 'longer than it was')],
  ])('does the work again where a part of it %s, to the same manifest', async (_, damage) => {
    const finish = () =>
      completeOnce(store, 'damaged/', work, async (writePart) => {
        await writePart('damaged/a', 'one');
        await writePart('damaged/b', 'two');
        return { done: true };
      });
    await finish();
    const manifest = await store.read('damaged/manifest.json');
    await damage();
    expect(await finish()).toEqual({ done: true });
    expect((await store.read('damaged/b')).toString()).toBe('two');
    expect(await store.read('damaged/manifest.json')).toEqual(manifest);
  });

  it('leaves no manifest when the work fails, so that the next run does it', async () => {
    const failing = completeOnce(store, 'three/', work, async (writePart) => {
      await writePart('three/part', 'x');
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect(await store.exists('three/manifest.json')).toBe(false);
  });

  it('gives the loser of a race the summary of the winner', async () => {
    const race = [1, 2].map((writer) => completeOnce(store, 'four/', work, async () => ({ writer })));
    const [first, second] = await Promise.all(race);
    expect(first).toEqual(second);
  });
});

describe('records', () => {
  const schema = z.object({ n: z.int() });

  it('are read back as written', async () => {
    await store.write('good.jsonl', encodeRecords([{ n: 1 }, { n: 2 }]));
    expect(await readRecords(store, 'good.jsonl', schema)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it.each([
    ['{"n":1}\n{"n":"x"}\n', /bad\.jsonl:2 .*n: /],
    ['{"n":1}\n\n{"n"', /bad\.jsonl:3 is no JSON/],
  ])('name the line at fault in %j', async (text, message) => {
    await store.write('bad.jsonl', text);
    const reading = readRecords(store, 'bad.jsonl', schema);
    await expect(reading).rejects.toThrow(CorruptRecordError);
    await expect(reading).rejects.toThrow(message);
  });

  it('a faulty config is invalid input', async () => {
    await store.write('config.json', '{"name":"x","nonsense":1}');
    await expect(readConfig(store, 'config.json')).rejects.toThrow(InvalidInputError);
  });
});
