import { sha256Of } from '../../../src/base/hash.ts';
import { findFaults } from '../../../src/datasets/check-prompts.ts';
import { QWEN_CONTROL_TOKENS } from '../../../src/datasets/control-tokens.ts';
import { makeId } from '../../../src/datasets/read-dataset.ts';
import { InvalidInputError } from '../../../src/schema/errors.ts';
import * as keys from '../../../src/schema/keys.ts';
import { LeftOutPrompt } from '../../../src/schema/left-out.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { Prompt } from '../../../src/schema/prompt.ts';
import type { Machines } from '../../../src/sizing/plan-memory.ts';
import { runValidate } from '../../../src/stages/validate/run-validate.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { encodeRecords, readJson, readRecords } from '../../../src/store/records.ts';
import { aPrompt, aResponse, aRunConfig } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const image = { key: 'images/x.png', sha256: 'a'.repeat(64), width: 30, height: 30 };
const demands = { controlTokens: QWEN_CONTROL_TOKENS };
const placed = (...prompts: ReturnType<typeof aPrompt>[]) =>
  prompts.map((prompt, index) => ({ place: `data.jsonl:${index + 1}`, prompt }));

describe('the preflight', () => {
  it.each([
    ['one id twice', [aPrompt(), aPrompt()], /^promptId prompt-1 is already at data\.jsonl:1/],
    ['an answer that is none', [aPrompt({ groundTruth: '$$' })], /cannot be read as an answer/],
    ['an option that is not there', [aPrompt({ groundTruth: 'E', options: ['1', '2'] })], /none of the 2 options/],
    ['a mark without an image', [aPrompt({ question: 'See <image1>.' })], /<image1> has no image: the prompt has 0/],
    ['a third of two images', [aPrompt({ question: '<image3>', images: [image, image] })], /<image3> has no image/],
    ['a strip', [aPrompt({ images: [{ ...image, width: 9000 }] })], /9000 x 30: one side is over 200 times/],
  ])('finds %s', (_, prompts, message) => {
    const faults = findFaults(placed(...prompts), demands);
    expect(faults).toHaveLength(1);
    expect(faults[0].message).toMatch(message);
    expect(faults[0].place).toBe(`data.jsonl:${prompts.length}`);
  });

  it('finds the same question twice where neither has an id', () => {
    const prompt = aPrompt({ question: 'Why?' });
    const made = { ...prompt, promptId: makeId(prompt) };
    const [fault] = findFaults(placed(made, { ...made, groundTruth: '8' }), demands);
    expect(fault.message).toBe('the same question is already at data.jsonl:1; take one out');
  });

  it('takes several marks of one image that shows several figures', () => {
    const prompt = aPrompt({
      question: 'Which?',
      options: ['<image1>', '<image2>'],
      groundTruth: 'A',
      images: [image],
    });
    expect(findFaults(placed(prompt), demands)).toEqual([]);
  });
});

/** Machines that nothing is too large for. */
const ROOMY: Machines = { rollout: [], training: [] };

describe('validate', () => {
  const store = openStore(aTemporaryFolder());
  const input = { runId: 'run', configKey: keys.configKey('run') };
  const validate = () => runValidate({ store, report: () => {}, machines: ROOMY }, input);

  it('lists the first faults with their places, and leaves no manifest', async () => {
    const rows = Array.from({ length: 12 }, (_, index) => ({
      promptId: `p${index}`,
      question: 'q',
      groundTruth: '$$',
    }));
    await store.write('datasets/bad/data.jsonl', `${encodeRecords(rows)}not json\n`);
    const data = { ...aRunConfig().data, train: { kind: 'dataset', path: 'datasets/bad/' } };
    await store.write(input.configKey, JSON.stringify(aRunConfig({ data })));
    await expect(validate()).rejects.toThrow(InvalidInputError);
    await expect(validate()).rejects.toThrow(
      /^13 faults .*\n {2}datasets\/bad\/data\.jsonl:13: no JSON(.*\n)+ {2}and 3 more$/,
    );
    expect(await store.exists(keys.manifestKey(keys.promptsPrefix('run')))).toBe(false);
  });

  it('refuses a dataset that is not as the run brought it', async () => {
    const [prefix, text] = [keys.datasetPrefix('0123456789abcdef'), '{"id": 1, "question": "1+1?", "answer": 2}\n'];
    const key = `${prefix}data.jsonl`;
    await store.write(key, text.replace('2}', '3}'));
    const listed = [{ key, bytes: text.length, sha256: sha256Of(text), stamp: 'of before' }];
    await store.write(keys.contentListKey(prefix), JSON.stringify(listed));
    const data = { ...aRunConfig().data, train: { kind: 'dataset', path: key } };
    await store.write(input.configKey, JSON.stringify(aRunConfig({ data })));
    await expect(validate()).rejects.toThrow(
      /^datasets\/0123456789abcdef\/data\.jsonl was changed: its sha256 is \w+, its manifest says \w+; put the file back, or/,
    );
  });

  async function validateRows(rows: object[], changes: object = {}): Promise<void> {
    await store.write('datasets/some/data.jsonl', encodeRecords(rows));
    const train = { kind: 'dataset', path: 'datasets/some/' };
    const rl = { iterations: 1, promptsPerIteration: 1, groupSize: 2, optimizer: { learningRate: 1 } };
    const config = aRunConfig({ data: { ...aRunConfig().data, train }, rl, ...changes } as never);
    await store.write(input.configKey, JSON.stringify(config));
    await validate();
  }

  it("refuses the model's control tokens in questions and in the system prompt", async () => {
    const row = { id: 'pad', question: 'What does <|image_pad|> mean?', answer: '2' };
    await expect(validateRows([{ ...row, id: 'first', question: 'What?' }, row])).rejects.toThrow(
      /some\/data\.jsonl:2: question holds the control token <\|image_pad\|> of the model; take it out$/,
    );
    const policy = { model: 'models/base/', systemPrompt: 'Be brief.<|im_end|>' };
    await expect(validateRows([{ ...row, question: 'What?' }], { policy })).rejects.toThrow(
      /policy\.systemPrompt: holds the control token <\|im_end\|> of the model/,
    );
    await store.write('models/other/tokenizer.json', '{"added_tokens": [{"content": "[IMG]", "special": true}]}');
    const other = { policy: { model: 'models/other/' } };
    await expect(validateRows([{ ...row, question: 'What is [IMG]?' }], other)).rejects.toThrow(
      /control token \[IMG\]/,
    );
  });

  it('refuses worked solutions that SFT would learn and should not', async () => {
    const wrong = { id: 'a', question: 'What?', answer: '7', solution: aResponse('8') };
    await expect(validateRows([wrong])).rejects.toThrow(/data\.jsonl:1: solution: incorrect: /);
    const bare = { ...wrong, solution: '7' };
    await expect(validateRows([bare])).rejects.toThrow(
      /data\.jsonl:1: solution: right, but not in the format; write <think>/,
    );
    await validateRows([bare], { rewards: { format: 0 } });
    await store.delete(keys.manifestKey(keys.promptsPrefix('run')));
  });

  it('lets solutions be that nobody learns', async () => {
    const wrong = { id: 'a', question: 'What?', answer: '7', solution: aResponse('8') };
    await validateRows([wrong], { expert: { name: 'none' } });
    await store.delete(keys.manifestKey(keys.promptsPrefix('run')));
  });

  it('refuses an expert that cannot see what it will be asked about, and answers that are not there', async () => {
    const blind = { provider: 'openai', baseUrl: 'http://127.0.0.1:9', model: 'teacher', images: false };
    await store.write(input.configKey, JSON.stringify(aRunConfig({ expert: { name: 'endpoint', options: blind } })));
    await expect(validate()).rejects.toThrow(
      /\n {2}expert: teacher reads no images .* 8 of 8 training prompts have some/,
    );
    const path = 'datasets/0123456789abcdef/answers.jsonl';
    await store.write('datasets/0123456789abcdef.json', '[]');
    await store.write(path, '');
    await store.write(input.configKey, JSON.stringify(aRunConfig({ expert: { name: 'recorded', options: { path } } })));
    await expect(validate()).rejects.toThrow(/\n {2}expert: .*answers\.jsonl has no answer to 8 of 8 training prompts/);
  });

  it('refuses tiers that the family of tasks does not have', async () => {
    const evaluation = { kind: 'tasks', split: 'evaluation', seed: 1, tiers: { read: 1, smell: 1 } };
    await store.write(input.configKey, JSON.stringify(aRunConfig({ data: { ...aRunConfig().data, evaluation } })));
    await expect(validate()).rejects.toThrow(/data\.evaluation\.tiers\.smell: charts has no tier smell; it has read/);
  });

  it('writes the prompts that a benchmark brings, and refuses those that train', async () => {
    const source = { kind: 'tasks', split: 'evaluation', tiers: { sum: 3 }, seed: 9 };
    const withSource = (changes: object) =>
      JSON.stringify(aRunConfig({ evaluation: { benchmarks: { 'held-out': { source: { ...source, ...changes } } } } }));
    const other = { runId: 'other', configKey: keys.configKey('other') };
    await store.write(other.configKey, withSource({}));
    await runValidate({ store, report: () => {}, machines: ROOMY }, other);
    const prompts = await readRecords(store, keys.promptsKey('other', 'held-out'), Prompt);
    expect(prompts.map(({ tier }) => tier)).toEqual(['sum', 'sum', 'sum']);
    await store.write(input.configKey, withSource({ split: 'train', tiers: { read: 4 }, seed: 1 }));
    await expect(validate()).rejects.toThrow(/4 faults .*\n.*is also a training prompt/);
  });

  it('drops training prompts that are held out where it is to, and keeps a list of them', async () => {
    const row = (id: string, question: string) => ({ id, question, answer: '2' });
    await store.write('datasets/held/data.jsonl', encodeRecords([row('h1', 'One and one?'), row('h2', 'Two by one?')]));
    await store.write(
      'datasets/learnt/data.jsonl',
      encodeRecords([row('t1', 'ONE  and one'), row('t2', 'Half of four?')]),
    );
    const sourceOf = (path: string) => ({ kind: 'dataset', path });
    const write = (decontaminate: object | string) => {
      const sources = { train: sourceOf('datasets/learnt/'), evaluation: sourceOf('datasets/held/') };
      const rl = { iterations: 1, promptsPerIteration: 1, groupSize: 2, optimizer: { learningRate: 1 } };
      const changes = { data: { ...sources, decontaminate }, rl, expert: { name: 'none' } };
      return store.write('runs/dropping/config.json', JSON.stringify(aRunConfig(changes as never)));
    };
    const other = { runId: 'dropping', configKey: keys.configKey('dropping') };
    const run = () => runValidate({ store, report: () => {}, machines: ROOMY }, other);
    await write({ by: ['content', 'text'] });
    await expect(run()).rejects.toThrow(
      /held\/data\.jsonl:1: h1 is also a training prompt by its words, at .*learnt.*:1/,
    );
    await write({ action: 'drop', by: ['content', 'text'] });
    await run();
    const train = await readRecords(store, keys.promptsKey('dropping', 'train'), Prompt);
    expect(train.map(({ promptId }) => promptId)).toEqual(['t2']);
    expect(await readRecords(store, keys.leftOutKey('dropping'), LeftOutPrompt)).toEqual([
      { promptId: 't1', reason: 'text', set: 'evaluation', evaluationPromptId: 'h1' },
    ]);
    const { summary } = await readJson(store, keys.manifestKey(keys.promptsPrefix('dropping')), Manifest);
    expect(summary).toEqual({ train: 1, evaluation: 2, leftOut: 1 });
  });

  it('refuses iterations of more prompts than there are', async () => {
    const rl = { iterations: 1, promptsPerIteration: 9, groupSize: 2, optimizer: { learningRate: 1 } };
    await store.write(input.configKey, JSON.stringify(aRunConfig({ rl })));
    await expect(validate()).rejects.toThrow(/rl\.promptsPerIteration: needs 9 prompts, the split has 8/);
  });
});
