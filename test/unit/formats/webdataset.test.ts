import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import type { StoredSftExample } from '../../../src/formats/format.ts';
import { webdataset } from '../../../src/formats/webdataset.ts';
import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { anExpertRoute, aPrompt, aResponse } from '../../support/factories.ts';
import { aShard, packFiles } from '../../support/shards.ts';

const sha256 = 'a'.repeat(64);
const anImage = { key: `images/${sha256}.png`, sha256, width: 2, height: 2 };

function anExample(exampleId: string, images: Buffer[] = []): StoredSftExample {
  return {
    example: {
      exampleId,
      source: 'expert',
      promptId: 'prompt-1',
      response: aResponse('7', 'Größe 数'),
      provenance: {
        runId: 'run',
        route: anExpertRoute('prompt-1'),
        expertProvider: 'worked-solution',
        graderVersion: 'accuracy@1',
      },
    },
    prompt: aPrompt({ images: images.map(() => anImage) }),
    images,
  };
}

async function namesOf(tar: Buffer): Promise<string[]> {
  const archive = extract();
  archive.end(tar);
  const names: string[] = [];
  for await (const entry of archive) {
    names.push(entry.header.name);
    await buffer(entry);
  }
  return names;
}

describe('an SFT shard', () => {
  const examples = [anExample('one', [Buffer.from('first'), Buffer.from('second')]), anExample('two')];

  it('gives back what was packed', async () => {
    expect(await webdataset.read(await aShard(examples))).toEqual(examples);
  });

  it('holds as many examples as asked for, in their order, and says which; of none there is no shard', async () => {
    const files = await packFiles([...examples, anExample('three')], 2);
    expect(files.map(({ name, examples: own }) => [name, ...own.map(({ exampleId }) => exampleId)])).toEqual([
      ['sft-00000-of-00002.tar', 'one', 'two'],
      ['sft-00001-of-00002.tar', 'three'],
    ]);
    expect(await packFiles([], 2)).toEqual([]);
  });

  it('is a WebDataset: files of one example share its name and stand together', async () => {
    expect(await namesOf(await aShard(examples))).toEqual(['one.json', 'one.0.png', 'one.1.png', 'two.json']);
  });

  it('has the same bytes every time', async () => {
    expect((await aShard(examples)).equals(await aShard(examples))).toBe(true);
  });

  it('takes images of megabytes', async () => {
    const large = [anExample('large', [Buffer.alloc(3_000_001, 7)])];
    expect((await webdataset.read(await aShard(large)))[0].images[0]).toHaveLength(3_000_001);
  });

  it('refuses an example whose image is missing', async () => {
    const lacking = { ...anExample('one', [Buffer.from('first')]), images: [] };
    await expect(webdataset.read(await aShard([lacking]))).rejects.toThrow(CorruptRecordError);
  });
});
