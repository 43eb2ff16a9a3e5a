import sharp from 'sharp';
import { type DatasetEntry, readDataset } from '../../../src/datasets/read-dataset.ts';
import { InvalidInputError } from '../../../src/schema/errors.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const store = openStore(aTemporaryFolder());
const anImage = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } })
    .png()
    .toBuffer();

async function readAll(rows: (object | string)[], limit?: number): Promise<DatasetEntry[]> {
  const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
  await store.write('set/data.jsonl', lines.join('\n'));
  return drain('set/', limit);
}

async function drain(path: string, limit?: number): Promise<DatasetEntry[]> {
  const entries: DatasetEntry[] = [];
  for await (const entry of readDataset(store, path, limit)) entries.push(entry);
  return entries;
}

describe('a dataset', () => {
  const ours = { promptId: 'p', question: 'How many?', groundTruth: '7' };
  beforeAll(async () => {
    await store.write('set/images/red.png', await anImage(40, 30));
    await store.write('set/images/cut.png', (await anImage(400, 300)).subarray(0, 400));
    await store.write('set/images/text.png', 'no image');
  });

  it("takes our names and MATH-Vision's", async () => {
    const mathVision = {
      id: 4,
      question: 'q',
      image: 'images/red.png',
      answer: 6,
      level: 1,
      subject: 'counting',
      options: [],
    };
    const [first, second] = await readAll([{ ...ours, images: ['images/red.png'], tier: 'easy' }, mathVision]);
    expect(first).toMatchObject({
      kind: 'prompt',
      place: 'set/data.jsonl:1',
      prompt: {
        ...ours,
        tier: 'easy',
        images: [{ width: 40, height: 30, key: expect.stringMatching(/^images\/[0-9a-f]{64}\.png$/) }],
      },
    });
    expect(second).toMatchObject({ prompt: { promptId: '4', groundTruth: '6', tier: 'counting' } });
    expect((second as { prompt: object }).prompt).not.toHaveProperty('options');
  });

  it('has text-only rows, blank lines and a limit', async () => {
    const entries = await readAll([ours, '', { ...ours, promptId: 'q' }, { ...ours, promptId: 'r' }], 2);
    expect(entries).toMatchObject([
      { place: 'set/data.jsonl:1' },
      { place: 'set/data.jsonl:3', prompt: { images: [] } },
    ]);
  });

  it('takes bitmaps, and names them so', async () => {
    const header = [0x42, 0x4d, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24];
    await store.write('set/images/old.bmp', Buffer.concat([Buffer.from(header), Buffer.alloc(70 - header.length)]));
    const [entry] = await readAll([{ ...ours, image: 'images/old.bmp' }]);
    const image = { width: 2, height: 2, key: expect.stringMatching(/\.bmp$/) as string };
    expect(entry).toMatchObject({ kind: 'prompt', prompt: { images: [image] } });
  });

  it('takes off the labels that all options bring', async () => {
    const options = ['A. 30°', 'B. 45°'];
    const [first, second] = await readAll([
      { ...ours, options },
      { ...ours, promptId: 'q', options: ['A. 30°', '45°'] },
    ]);
    expect(first).toMatchObject({ prompt: { options: ['30°', '45°'] } });
    expect(second).toMatchObject({ prompt: { options: ['A. 30°', '45°'] } });
  });

  it.each([
    ['no JSON', '{"promptId":', /no JSON/],
    ['a missing answer', { promptId: 'p', question: 'q' }, /groundTruth \(or answer\) is missing/],
    ['an empty question', { ...ours, question: '' }, /^question: /],
    ['a number that lost digits', '{"promptId":"p","question":"q","answer":12345678901234567890}', /beyond 2\^53/],
    ['an absent image', { ...ours, image: 'images/none.png' }, /images\/none\.png cannot be read/],
    ['a truncated image', { ...ours, image: 'images/cut.png' }, /images\/cut\.png cannot be decoded/],
    ['a file that is no image', { ...ours, image: 'images/text.png' }, /images\/text\.png cannot be decoded/],
    ['an image outside', { ...ours, image: '../../etc/passwd' }, /passwd leaves the dataset's folder/],
  ])('names the line with %s, and goes on', async (_, row, message) => {
    const entries = await readAll([ours, row, { ...ours, promptId: 'after' }]);
    expect(entries.map(({ kind }) => kind)).toEqual(['prompt', 'fault', 'prompt']);
    expect(entries[1]).toMatchObject({ place: 'set/data.jsonl:2', message: expect.stringMatching(message) });
  });

  it('is one file', async () => {
    await store.write('two/a.jsonl', '');
    await store.write('two/b.jsonl', '');
    await expect(drain('two')).rejects.toThrow(/2 JSONL files .*name the file/);
    await expect(drain('none')).rejects.toThrow(InvalidInputError);
  });
});
