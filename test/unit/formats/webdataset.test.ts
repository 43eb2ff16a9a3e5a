import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
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
  const images = [Buffer.from('first'), Buffer.from('second')];
  const examples = [anExample('one', images), anExample('two', images)];

  it('gives back what was packed', async () => {
    expect(await webdataset.read(await aShard(examples))).toEqual(examples);
  });

  it('holds as many examples as asked for, in their order, and says which; of none there is no shard', async () => {
    const files = await packFiles([...examples, anExample('three', images)], 2);
    expect(files.map(({ name, examples: own }) => [name, ...own.map(({ exampleId }) => exampleId)])).toEqual([
      ['sft-00000-of-00002.tar', 'one', 'two'],
      ['sft-00001-of-00002.tar', 'three'],
    ]);
    expect(await packFiles([], 2)).toEqual([]);
  });

  it('is a WebDataset: files of one example share its name and stand together', async () => {
    expect(await namesOf(await aShard(examples))).toEqual([
      ...['one.json', 'one.0.png', 'one.1.png'],
      ...['two.json', 'two.0.png', 'two.1.png'],
    ]);
  });

  it('has the same bytes every time', async () => {
    expect((await aShard(examples)).equals(await aShard(examples))).toBe(true);
  });

  it('has as many images in each of its examples, the most in the first; the index keeps the order', async () => {
    const files = await packFiles([anExample('none'), ...examples, anExample('one-image', [images[0]])], 4);
    expect(files.map(({ index }) => index.map(({ exampleId, order }) => [exampleId, order]))).toEqual([
      [
        ['one', 1],
        ['two', 2],
      ],
      [['one-image', 3]],
      [['none', 0]],
    ]);
  });

  it('of the code before, whose images are named by their own format, is read', async () => {
    const archive = pack();
    const { example, prompt } = anExample('old', images);
    const inJpeg = { ...prompt, images: prompt.images.map((image) => ({ ...image, key: `images/${sha256}.jpg` })) };
    archive.entry({ name: 'old.json' }, JSON.stringify({ example, prompt: inJpeg }));
    for (const [slot, image] of images.entries()) archive.entry({ name: `old.${slot}.jpg` }, image);
    archive.finalize();
    expect(await webdataset.read(await buffer(archive))).toEqual([{ example, prompt: inJpeg, images }]);
  });

  it('refuses two files of one name', async () => {
    await expect(webdataset.read(await aShard([examples[0], examples[0]]))).rejects.toThrow(/two files .* one\.json/);
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
