import { z } from 'zod';
import { sha256Of } from '../../../src/base/hash.ts';
import { CorruptRecordError, InvalidInputError } from '../../../src/schema/errors.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { beginWork } from '../../../src/store/begin-work.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { encodeRecords, readConfig, readJson, readRecords } from '../../../src/store/records.ts';
import { openWork } from '../../support/finished-work.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const store = openStore(aTemporaryFolder());
const scoring = (prefix: string) => ({ prefix, stage: 'scoring', runId: 'run-1', seed: 7, keeps: [`${prefix}kept/`] });
const versions = { accuracy: '1' };

describe('beginWork', () => {
  it('writes parts, then a manifest with their sizes and hashes in key order', async () => {
    const work = await openWork(store, scoring('one/'));
    await work.writePart('one/b.jsonl', 'é\n', 1);
    await work.writePart('one/a.bin', Uint8Array.of(1, 2, 3));
    await work.writePart('one/c.bin', [Uint8Array.of(1), Uint8Array.of(2, 3)]);
    expect(await work.finish({ correct: 3 }, versions)).toEqual({ correct: 3 });
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
    expect(manifest).toMatchObject({ summary: { correct: 3 }, versions, seed: 7 });
    expect([...(await store.read('one/c.bin'))]).toEqual([1, 2, 3]);
  });

  it('goes on being done when what it left for the next work is gone, which is given that as it was left', async () => {
    const neededUntil = (key: string) => (key.startsWith('passing/') ? 'next/' : undefined);
    const first = await openWork(store, { ...scoring('first/'), neededUntil });
    await first.writePart('first/a', 'one');
    await first.writePart('passing/b', 'two');
    await first.finish({});
    const manifest = await readJson(store, 'first/manifest.json', Manifest);
    expect(manifest.parts.map(({ key }) => key)).toEqual(['first/a']);
    expect(manifest.transient).toEqual([{ key: 'passing/b', bytes: 3, sha256: sha256Of('two') }]);

    const next = { ...scoring('next/'), madeFrom: ['first/'], keeps: ['passing/'] };
    expect((await (await openWork(store, next)).store.read('passing/b')).toString()).toBe('two');
    await store.write('passing/b', 'owt');
    const work = await openWork(store, next);
    await expect(work.store.read('passing/b')).rejects.toThrow(/passing\/b was changed/);
    await work.finish({});
    expect(await store.list('passing/')).toEqual([]);
    expect((await beginWork(store, scoring('first/'))).kind).toBe('done');
  });

  it('finds finished work done', async () => {
    await (await openWork(store, scoring('two/'))).finish({ attempt: 1 });
    expect(await beginWork(store, scoring('two/'))).toEqual({ kind: 'done', summary: { attempt: 1 } });
  });

  it('keeps what unfinished work has kept until it is finished, and what a stop left behind until it is begun', async () => {
    const work = await openWork(store, scoring('kept/'));
    await store.write('kept/kept/a', 'x');
    expect((await beginWork(store, scoring('kept/'))).kind).toBe('open');
    expect(await store.list('kept/kept/')).toEqual(['kept/kept/a']);
    await work.finish({});
    expect(await store.list('kept/kept/')).toEqual([]);
    await store.write('kept/kept/b', 'x');
    await beginWork(store, scoring('kept/'));
    expect(await store.list('kept/kept/')).toEqual([]);
  });

  it.each([
    ['is gone', () => store.delete('damaged/b')],
    ['is of another size', () => store.write('damaged/b', 'longer than it was')],
  ])('has work done again where a part of it %s, to the same manifest', async (_, damage) => {
    const finish = async () => {
      const work = await openWork(store, scoring('damaged/'));
      await work.writePart('damaged/a', 'one');
      await work.writePart('damaged/b', 'two');
      return work.finish({ done: true });
    };
    await store.delete('damaged/manifest.json');
    await finish();
    const manifest = await store.read('damaged/manifest.json');
    await damage();
    expect(await finish()).toEqual({ done: true });
    expect((await store.read('damaged/b')).toString()).toBe('two');
    expect(await store.read('damaged/manifest.json')).toEqual(manifest);
  });

  it('leaves no manifest of work that is not finished, so that the next run does it', async () => {
    await (await openWork(store, scoring('three/'))).writePart('three/part', 'x');
    expect(await store.exists('three/manifest.json')).toBe(false);
    expect((await beginWork(store, scoring('three/'))).kind).toBe('open');
  });

  it('gives the loser of a race the summary of the winner', async () => {
    const racers = await Promise.all([1, 2].map(() => openWork(store, scoring('four/'))));
    const [first, second] = await Promise.all(racers.map((work, writer) => work.finish({ writer })));
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
