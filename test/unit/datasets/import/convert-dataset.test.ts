import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { packageRoot } from '../../../../src/base/package-root.ts';
import { register as registerConvert } from '../../../../src/cli/commands/convert.ts';
import { register as registerData } from '../../../../src/cli/commands/data.ts';
import type { ConvertSummary } from '../../../../src/datasets/import/convert-dataset.ts';
import { runCommand } from '../../../support/run-command.ts';
import { aTemporaryFolder } from '../../../support/temporary-folder.ts';

const fixtures = join(packageRoot, 'test/fixtures/import');
const folder = aTemporaryFolder();
const anImage = (background: string) =>
  sharp({ create: { width: 28, height: 28, channels: 3, background } })
    .png()
    .toBuffer();

let conversions = 0;
const said: string[] = [];

/** Converts a source; whatever came of it must be faultless to `rise data check`. */
async function convert(source: string, ...options: string[]) {
  const out = join(folder, `out-${conversions++}`);
  const { printed, exitCode } = await runCommand(
    registerConvert,
    'convert',
    source,
    '--out',
    out,
    '--json',
    ...options,
  );
  const summary: ConvertSummary = JSON.parse(printed);
  if (summary.out !== undefined) {
    const checked = await runCommand(registerData, 'data', 'check', out, '--json');
    expect(JSON.parse(checked.printed)).toMatchObject({ faultCount: 0, prompts: summary.prompts, unreadFields: {} });
  }
  const records = summary.out === undefined ? [] : readFileSync(summary.out, 'utf8').trimEnd().split('\n');
  return { summary, exitCode, out, records: records.map((line) => JSON.parse(line)) };
}

function aFile(name: string, rows: object[] | string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof rows === 'string' ? rows : rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}

const messagesOf = ({ faults }: ConvertSummary) =>
  faults.map(({ place, message }) => `${place.split('/').at(-1)}: ${message}`);

describe('rise convert', () => {
  beforeAll(async () => {
    mkdirSync(join(folder, 'images'));
    writeFileSync(join(folder, 'images/red.png'), await anImage('red'));
    writeFileSync(join(folder, 'images/cut.png'), (await anImage('blue')).subarray(0, 60));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  });
  afterAll(() => jest.restoreAllMocks());

  it("reads verl's rows, images within them", async () => {
    const { summary, records, out, exitCode } = await convert(join(fixtures, 'verl-zstd.parquet'));
    expect(said.at(-1)).toBe('read as verl: its first row has reward_model; --from names another format\n');
    expect(summary).toMatchObject({ from: 'verl', rows: 3, prompts: 3, imageFiles: 3, images: 6 });
    expect(summary.unreadFields).toEqual({
      data_source: 3,
      'extra_info.answer': 3,
      'extra_info.question': 3,
      'prompt (system prompt)': 1,
    });
    expect(records[1]).toEqual({
      ...{ id: '1', question: '<image><image>Find $x_1$. 面积 \\boxed{}', answer: '4', tier: 'math' },
      images: [expect.stringMatching(/^images\/[0-9a-f]{64}\.png$/), expect.stringMatching(/^images\//)],
    });
    expect(readdirSync(join(out, 'images')).length).toBe(3);
    expect(exitCode).toBeUndefined();
  });

  it('reads questions of `datasets`, with the level as tier', async () => {
    const { records } = await convert(join(fixtures, 'datasets.parquet'));
    expect(records).toMatchObject([
      { id: 'q-1', question: '<image>Which colour?', options: ['red', 'blue'], answer: 'A', tier: 'level 1' },
      { id: 'q-2', images: [expect.stringMatching(/\.jpg$/)], answer: '40' },
      { id: 'q-3', answer: '4' },
    ]);
    expect(records[2]).not.toHaveProperty('images');
  });

  it("reads TRL's turns of parts: marks where images stand, the response as the solution", async () => {
    const { records } = await convert(join(fixtures, 'trl.parquet'));
    const solution = '<think>Both are squares of one size.</think> <answer>\\boxed{yes}</answer>';
    expect(records).toMatchObject([{ question: '<image>And <image> alike?', answer: 'yes', solution }]);
    expect(records[0].id).toMatch(/^row-[0-9a-f]{16}$/);
  });

  it("reads VLMEvalKit's table: images of other rows, options, hints", async () => {
    const { summary, records, exitCode } = await convert(join(fixtures, 'vlmevalkit.tsv'));
    expect(records.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
    expect(records[0]).toMatchObject({ question: 'Say "tall"?\tYes', options: ['1', '2'], tier: 'size' });
    expect(records[0].images).toEqual(records[2].images);
    expect(records[3].images).toEqual(records[1].images);
    expect(records[3]).toMatchObject({ options: ['0.50', '007'], answer: 'B' });
    expect(records[1].question).toBe('Hint: Look left\nQuestion: Line\nbreak');
    expect(records[4].images).toHaveLength(2);
    expect(records.map(({ details }) => details)).toContainEqual({ category: 'size' });
    expect(summary.unreadFields).toEqual({});
    expect(messagesOf(summary)).toEqual([
      'vlmevalkit.tsv:6: image is empty; give the picture, its path in image_path, or leave the row out',
    ]);
    expect(exitCode).toBe(1);
  });

  it('reads ShareGPT: the answer beside it, or in the response', async () => {
    const turns = (answer: string) => [
      { from: 'human', value: '<image>How many?' },
      { from: 'gpt', value: answer },
    ];
    const rows = [
      { id: 'a', image: 'images/red.png', conversations: turns('There are 2 and 3, hence \\boxed{5}.') },
      { id: 'b', images: ['images/red.png'], conversations: turns('5'), answer: 5 },
      { id: 'c', images: ['images/red.png'], conversations: turns('7'), answer: 5 },
      { id: 'd', images: ['images/red.png'], conversations: [...turns('5'), ...turns('6')] },
      { id: 'e', images: ['images/cut.png'], conversations: turns('5') },
      { id: 'f', images: [], conversations: turns('5') },
      { id: 'a', image: 'images/red.png', conversations: turns('5') },
    ];
    const { summary, records } = await convert(aFile('chat.json', JSON.stringify(rows)));
    expect(records).toMatchObject([
      { id: 'a', answer: '5', solution: 'There are 2 and 3, hence \\boxed{5}.' },
      { id: 'b', answer: '5' },
      { id: 'c', answer: '5' },
    ]);
    expect(records.slice(1).some((record) => 'solution' in record)).toBe(false);
    expect(summary.solutionsLeftOut).toMatchObject({
      count: 1,
      first: { message: expect.stringMatching(/^solution: /) },
    });
    expect(messagesOf(summary)).toEqual([
      'chat.json:4: conversations: the turns are user, assistant, user, assistant; a record is one question with one response at most, so write each as a row',
      expect.stringMatching(/^chat.json:5: image images\/cut.png cannot be decoded/),
      'chat.json:6: 1 <image> mark for 0 images; give each image one mark, or leave out all marks',
      `chat.json:7: promptId a is already at ${join(folder, 'chat.json:1')}; ids must differ`,
    ]);
  });

  it.each([
    ['a tool', [{ role: 'tool', content: 'x' }], /a turn of "tool"; only system, user and assistant are read$/],
    [
      'an answer first',
      [
        { role: 'assistant', content: '5' },
        { role: 'user', content: 'x' },
      ],
      /the turns are assistant, user;/,
    ],
    [
      'a video',
      [{ role: 'user', content: [{ type: 'video', video: 'a.mp4' }] }],
      /a part of type "video"; only text and/,
    ],
    ['no turns', { text: 'x' }, /no list of turns/],
  ])('refuses a conversation with %s', async (_, messages, message) => {
    const { summary } = await convert(aFile('bad.jsonl', [{ messages, answer: '5' }]), '--from', 'trl');
    expect(messagesOf(summary)).toEqual([expect.stringMatching(message)]);
  });

  it('reads turns whose parts stand in lists, as `datasets` has a Sequence of them', async () => {
    const conversations = { from: ['human', 'gpt'], value: ['What is 2 + 3?', '5'] };
    const { records } = await convert(aFile('lists.jsonl', [{ conversations }]));
    expect(records).toMatchObject([{ question: 'What is 2 + 3?', answer: '5' }]);
  });

  it('reads JSON lines under the usual names, pictures in any dress, and names what nobody reads', async () => {
    const base64 = (await anImage('green')).toString('base64').padEnd(600, '=');
    const rows = [
      {
        pid: 1,
        problem: 'Which?',
        image: `data:image/png;base64,${base64}`,
        choices: "['a', 'b']",
        answer: 'B',
        source: 'x',
      },
      { pid: 2, query: 'Which?', image: { bytes: base64, path: null }, image_path: 'gone.png', gold: '2' },
      { pid: 3, prompt: 'Which?', image: 'images/gone.png', decoded_image: { bytes: base64 }, answer: '3' },
      { pid: 4, question: 'Which?', image: 'https://example.com/a.png', answer: '3' },
      { pid: 5, question: 'Which?' },
    ];
    const { summary, records } = await convert(aFile('rows.jsonl', rows));
    expect(records).toMatchObject([
      { id: '1', options: ['a', 'b'], answer: 'B' },
      { id: '2', answer: '2' },
      { id: '3', answer: '3' },
    ]);
    expect(new Set(records.flatMap(({ images }) => images)).size).toBe(1);
    expect(summary.unreadFields).toEqual({ image: 1, image_path: 1, source: 1 });
    expect(messagesOf(summary)).toEqual([
      'rows.jsonl:4: image https://example.com/a.png is an address; download the image and give the path of its file',
      'rows.jsonl:5: groundTruth (or answer) is missing',
    ]);
  });

  it('takes the parts of one data set in their order, and tells a repetition by its file', async () => {
    aFile('parts/train-00000-of-00002.jsonl', [{ id: 'a', question: 'How many?', answer: 1 }]);
    aFile('parts/train-00001-of-00002.jsonl', [
      { id: 'b', question: 'How far?', answer: 2 },
      { id: 'a', question: 'Who?', answer: 3 },
    ]);
    const { summary, records } = await convert(join(folder, 'parts'));
    expect(records.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(messagesOf(summary)).toEqual([
      `train-00001-of-00002.jsonl:2: promptId a is already at ${join(folder, 'parts/train-00000-of-00002.jsonl')}:1; ids must differ`,
    ]);
    aFile('parts/test.jsonl', [{ question: 'How many?', answer: 1 }]);
    await expect(convert(join(folder, 'parts'))).rejects.toThrow(
      /has several data sets .* name one file, or give each a folder/,
    );
  });

  it('gives the same bytes again', async () => {
    const [first, second] = [
      await convert(join(fixtures, 'verl-gzip.parquet')),
      await convert(join(fixtures, 'verl-brotli.parquet'), '--from', 'verl'),
    ];
    expect(second.records).toEqual(first.records);
    expect(readdirSync(join(second.out, 'images'))).toEqual(readdirSync(join(first.out, 'images')));
  });

  it('writes nothing where no row is one, and not over anything', async () => {
    const { summary, out, exitCode } = await convert(aFile('none.jsonl', [{ text: 'no question' }]));
    expect([summary.out, exitCode, existsSync(out)]).toEqual([undefined, 1, false]);
    const taken = aFile('taken/file', 'x');
    await expect(
      runCommand(registerConvert, 'convert', join(fixtures, 'trl.parquet'), '--out', dirname(taken)),
    ).rejects.toThrow(/has files already; name a new folder/);
  });

  it.each([
    ['cut.parquet', 'PAR1 and no more', /is not whole Parquet .*; download it again/],
    ['no.parquet', 'text', /no.parquet is no Parquet file, or not whole/],
    ['is.jsonl', 'PAR1...', /is.jsonl is Parquet; let its name end in .parquet/],
    ['x.csv', 'a,b', /is no file that is known by its name; give one that ends in .jsonl/],
    ['one.tsv', 'index\n1\n', /has one column; its first line must name the columns/],
  ])('refuses %s', async (name, content, message) => {
    await expect(convert(aFile(name, content))).rejects.toThrow(message);
  });

  it('refuses a format that it does not know', async () => {
    await expect(convert(join(fixtures, 'trl.parquet'), '--from', 'csv')).rejects.toThrow(
      'There is no format "csv"; give one of jsonl, parquet, sharegpt, verl, bedrock, trl, vlmevalkit',
    );
  });
});
