import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { readSftShard, type StoredSftExample, writeSftShard } from '../../../src/formats/webdataset.ts';
import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { aPrompt, aResponse } from '../../support/factories.ts';

const sha256 = 'a'.repeat(64);
const anImage = { key: `images/${sha256}.png`, sha256, width: 2, height: 2 };

function anExample(exampleId: string, images: Buffer[] = []): StoredSftExample {
  const route = {
    promptId: 'prompt-1',
    kind: 'expert' as const,
    passRate: 0,
    groupSize: 4,
    correctTrajectoryIndices: [],
  };
  return {
    example: {
      exampleId,
      source: 'expert',
      promptId: 'prompt-1',
      response: aResponse('7', 'Größe 数'),
      provenance: { runId: 'run', route, graderVersion: 'accuracy@1' },
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
    expect(await readSftShard(await writeSftShard(examples))).toEqual(examples);
    expect(await readSftShard(await writeSftShard([]))).toEqual([]);
  });

  it('is a WebDataset: files of one example share its name and stand together', async () => {
    expect(await namesOf(await writeSftShard(examples))).toEqual(['one.json', 'one.0.png', 'one.1.png', 'two.json']);
  });

  it('has the same bytes every time', async () => {
    expect((await writeSftShard(examples)).equals(await writeSftShard(examples))).toBe(true);
  });

  it('takes images of megabytes', async () => {
    const large = [anExample('large', [Buffer.alloc(3_000_001, 7)])];
    expect((await readSftShard(await writeSftShard(large)))[0].images[0]).toHaveLength(3_000_001);
  });

  it('refuses an example whose image is missing', async () => {
    const lacking = { ...anExample('one', [Buffer.from('first')]), images: [] };
    await expect(readSftShard(await writeSftShard([lacking]))).rejects.toThrow(CorruptRecordError);
  });
});
