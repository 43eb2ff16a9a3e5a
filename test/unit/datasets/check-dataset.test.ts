import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { packageRoot } from '../../../src/base/package-root.ts';
import { register as registerData } from '../../../src/cli/commands/data.ts';
import { checkDataset, LISTED_FAULTS } from '../../../src/datasets/check-dataset.ts';
import { QWEN_CONTROL_TOKENS, readControlTokens } from '../../../src/datasets/control-tokens.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aResponse } from '../../support/factories.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const path = join(folder, 'data.jsonl');
const model = { title: 'a model', controlTokens: QWEN_CONTROL_TOKENS, countImageTokens: () => 3 };
const base = { question: 'How many?', answer: '7' };

function check(rows: readonly (object | string | Buffer)[]) {
  const lines = rows.map((row) => (typeof row === 'string' || Buffer.isBuffer(row) ? row : JSON.stringify(row)));
  writeFileSync(path, Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.from('\n')])));
  return checkDataset(path, model);
}

const messagesOf = async (...rows: (object | string | Buffer)[]) =>
  (await check(rows)).faults.map(({ place, message }) => `${place.slice(path.length + 1)}: ${message}`);

beforeAll(async () => {
  mkdirSync(join(folder, 'img'));
  const image = sharp({ create: { width: 80, height: 60, channels: 3, background: 'red' } });
  await image.png().toFile(join(folder, 'img/red.png'));
  await sharp({ create: { width: 80, height: 60, channels: 3, background: 'blue' } })
    .jpeg()
    .toFile(join(folder, 'img/blue.jpg'));
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>';
  writeFileSync(join(folder, 'img/large.svg'), svg);
  const [tall, wide] = [sharp({ create: { width: 1, height: 900, channels: 3, background: 'red' } }), 'img/strip.png'];
  await tall.png().toFile(join(folder, wide));
});

describe('the check of a dataset', () => {
  it('holds marks and images against each other, by line', async () => {
    const images = ['img/red.png', 'img/blue.jpg'];
    const rows = [
      { id: 'one', question: '<image>\nHow many bars?', images: [images[0]], answer: '2' },
      { id: 'two', question: 'Is <image> brighter than <image>?', images, answer: 'no' },
      { id: 'two-marks', question: '<image><image>Which is larger?', images: [images[0]], answer: 'the first' },
      { id: 'no-image', question: '<image>\nHow many bars?', answer: '2' },
      { id: 'other-key', question: '<image>\nHow many bars?', image_path: images[0], answer: '2' },
      { id: 'empty', question: '<image>\nHow many bars?', image: images[0], images: [], answer: '2' },
      { id: 'mmmu', question: 'Compare <image 1> with <image 2>.', images, answer: 'no' },
    ];
    expect(await messagesOf(...rows)).toEqual([
      expect.stringMatching(/^3: 2 <image> marks for 1 image/),
      expect.stringMatching(/^4: 1 <image> mark for 0 images/),
    ]);
  });

  it.each([
    ['question', { ...base, question: 'What does <|image_pad|> mean?' }, '<|image_pad|>'],
    ['question', { ...base, question: 'Go on<|im_end|>\n<|im_start|>assistant' }, '<|im_start|>'],
    ['an option', { ...base, options: ['7', '<|endoftext|>'] }, '<|endoftext|>'],
    ['solution', { ...base, solution: `${aResponse('7')}<|im_end|>` }, '<|im_end|>'],
  ])('finds a control token in %s', async (name, row, token) => {
    const [message] = await messagesOf({ ...base, id: 1 }, { ...row, id: 2 });
    expect(message).toBe(`2: ${name} holds the control token ${token} of the model; take it out`);
  });

  it.each([
    ['a wrong solution', aResponse('8'), /^1: solution: incorrect: .* differs from "7".*; correct it or the answer/],
    ['a bare answer', '7', /^1: solution: right, but not in the format; write <think>/],
    [
      'an open thought',
      '<think>I count. <answer>7</answer>',
      /^1: solution: incorrect: .*no final answer; write <think>/,
    ],
    [
      'text around tags',
      'Well. <think>I count.</think> <answer>7</answer>',
      /^1: solution: right, but not in the format; write/,
    ],
  ])('refuses %s', async (_, solution, message) => {
    expect(await messagesOf({ ...base, solution })).toEqual([expect.stringMatching(message)]);
  });

  it('takes solutions that a rule puts into the format', async () => {
    const solutions = [aResponse('7'), 'Three and four are seven.\n#### 7', '<think>I count.</think>7'];
    const rows = solutions.map((solution, index) => ({ ...base, id: index, solution }));
    expect(await check(rows)).toMatchObject({ withSolution: 3, faults: [] });
  });

  it('makes ids of the content, and finds it twice', async () => {
    const [other, shown] = [
      { ...base, question: 'Else?' },
      { ...base, images: ['img/red.png'] },
    ];
    expect(await messagesOf(base, other, shown, { ...base, answer: '8' })).toEqual([
      `4: the same question is already at ${path}:1; take one out`,
    ]);
    expect(await messagesOf({ ...base, id: 1 }, { ...base, id: '1' })).toEqual([
      `2: promptId 1 is already at ${path}:1; ids must differ`,
    ]);
  });

  it.each<[string, object | string | Buffer, RegExp]>([
    [
      'text in GBK',
      Buffer.concat([Buffer.from('{"question":"'), Buffer.from([0xb6, 0xe0]), Buffer.from('"}')]),
      /UTF-8/,
    ],
    ['too many pixels', { ...base, image: 'img/large.svg' }, /30000 x 30000 pixels, over the limit of 64000000/],
    ['a strip', { ...base, image: 'img/strip.png' }, /1 x 900: one side is over 200 times the other/],
    [
      'a picture in the line',
      { ...base, image: `data:image/png;base64,${'A'.repeat(1e6)}` },
      /^2: image data:.{55}\.\.\. is a p/,
    ],
    ['base64 alone', { ...base, image: 'iVBORw0KGgo'.repeat(1e5) }, /looks like a picture in base64/],
    ['an absolute path', { ...base, image: '/etc/passwd' }, /image \/etc\/passwd is an absolute path/],
    [
      'a LaTeX command cut by JSON',
      { ...base, question: 'Simplify \frac{2}{4}.' },
      /question holds the control character/,
    ],
    [
      'the same in its solution',
      { ...base, solution: 'It is \frac{14}{2}. The answer is 7.' },
      /solution holds the control/,
    ],
  ])('names the line with %s, shortly', async (_, row, message) => {
    const messages = await messagesOf({ ...base, id: 'before' }, row, { ...base, id: 'after' });
    expect(messages).toEqual([expect.stringMatching(message)]);
    expect(messages[0]).toMatch(/^2: /);
    expect(messages[0].length).toBeLessThan(300);
  });

  it('reads a byte order mark, and both kinds of line ends', async () => {
    const lines = `\uFEFF${JSON.stringify(base)}\r\n${JSON.stringify({ ...base, question: 'Else?' })}\r`;
    expect(await check([lines])).toMatchObject({ prompts: 2, faults: [] });
  });

  it('names the fields nobody reads', async () => {
    const rows = [
      { ...base, id: 1, hint: 'a' },
      { ...base, id: 2, hint: 'b', split: 'test', width: null },
    ];
    expect((await check(rows)).unreadFields).toEqual({ hint: 2, split: 1 });
    const { printed } = await runCommand(registerData, 'data', 'check', path);
    expect(printed).toMatch(/^not read +hint 2, split 1$/m);
  });

  it('finds nothing a fault', async () => {
    expect(await messagesOf()).toEqual([expect.stringMatching(/the dataset has no prompts/)]);
    expect(await messagesOf('', ' ')).toEqual([expect.stringMatching(/the dataset has no prompts/)]);
  });

  it('counts faults without end, and lists the first', async () => {
    const { faultCount, faults } = await check(Array.from({ length: 3000 }, () => '{}'));
    expect(faultCount).toBe(3000);
    expect(faults).toHaveLength(LISTED_FAULTS);
    const { printed, exitCode } = await runCommand(registerData, 'data', 'check', path);
    expect(printed.split('\n')).toHaveLength(4 + 1 + 50 + 1);
    expect(printed).toMatch(/and 2950 more$/);
    expect(exitCode).toBe(1);
  });

  it('lets nothing of the data reach the terminal but text', async () => {
    const control = '\u001b]0;title\u0007\u009b2J';
    const row = { ...base, id: control, tier: control, [control]: 1, image: `${control}.png` };
    await check([{ ...row, image: [] }, row]);
    for (const options of [[], ['--json']]) {
      const { printed } = await runCommand(registerData, 'data', 'check', path, ...options);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(printed).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
      expect(printed).toContain('\\u001b]0;title');
    }
  });

  it('takes the control tokens of a checkpoint, or those of its family', async () => {
    const tiny = createLocalStore(join(packageRoot, 'models/rise-tiny'));
    const tokens = await readControlTokens(tiny, '');
    expect(tokens).toEqual(expect.arrayContaining(['<|endoftext|>', '<|im_end|>', '<|image_pad|>']));
    expect(tokens).not.toContain('<think>');
    expect(await readControlTokens(createLocalStore(folder), 'none/')).toBe(QWEN_CONTROL_TOKENS);
    writeFileSync(
      join(folder, 'tokenizer.json'),
      '{"added_tokens": [{"id": 1, "content": "[INST]", "special": true}]}',
    );
    expect(await readControlTokens(createLocalStore(folder), '')).toEqual(['[INST]']);
    writeFileSync(join(folder, 'tokenizer.json'), readFileSync(path).subarray(0, 5));
    expect(await readControlTokens(createLocalStore(folder), '')).toBe(QWEN_CONTROL_TOKENS);
  });
});
