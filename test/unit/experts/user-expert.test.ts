import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { consult } from '../../../src/experts/consult.ts';
import { loadExpert } from '../../../src/experts/index.ts';
import { storeExpert } from '../../../src/launch/store-expert.ts';
import { endModules } from '../../../src/modules/stored-module.ts';
import { ExpertFailedError } from '../../../src/schema/errors.ts';
import { imageKey } from '../../../src/schema/keys.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aPrompt, aRunConfig } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
afterAll(endModules);

const COMMAND = readFileSync(join(packageRoot, 'examples/experts/command.ts'), 'utf8');
/** A module whose expert answers by this. */
const answering = (body: string) => `let calls = 0;
export default ({ z }) => ({
  name: 'mine',
  version: '1',
  options: z.strictObject({ say: z.string().default('7') }),
  create: ({ say }) => ({ variant: 'say ' + say, async answer(question) { calls += 1; ${body} } }),
});`;

async function anExpert(code: string, expert: object = {}, home = mkdtempSync(join(folder, 'home-'))) {
  mkdirSync(join(home, 'experts'), { recursive: true });
  writeFileSync(join(home, 'experts/mine.ts'), code);
  const store = createLocalStore(join(home, 'store'));
  const config = aRunConfig({ expert: { name: 'mine', module: 'experts/mine.ts', ...expert } });
  const stored = { ...config, expert: await storeExpert(store, config.expert, home) };
  return { store, stored, home, expert: await loadExpert(store, stored, { rewards: [] }) };
}

describe("an expert of the user's own", () => {
  it('is shown the question and its images, and neither the answer nor a solution', async () => {
    const script = `let text = '';
      process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => console.log(
        '<think>' + text + '</think> <answer>\\\\boxed{4711}</answer>'));`;
    const options = { command: [process.execPath, '-e', script] };
    const { store, expert } = await anExpert(COMMAND, { name: 'command', options });
    const image = { key: imageKey('ab'.repeat(32), 'png'), sha256: 'ab'.repeat(32), width: 9, height: 9 };
    await store.write(image.key, 'pixels');
    const secrets = { groundTruth: '4711', solution: 'SECRET', annotations: ['SECRET'], tier: 'SECRET' };
    const [{ answer }] = await consult(expert, [aPrompt({ images: [image], options: undefined, ...secrets })]);
    expect(answer).toMatchObject({ isVerified: true, provider: 'command' });
    const seen = /<think>([\s\S]*)<\/think>/.exec(answer!.response)![1];
    expect(JSON.parse(seen)).toEqual({
      promptId: 'prompt-1',
      question: 'How many?',
      images: [{ mediaType: 'image/png', base64: Buffer.from('pixels').toString('base64') }],
      answer: 0,
      refused: [],
    });
  });

  it('is told what was wrong, tells what it took, and is asked no question twice', async () => {
    const code = answering(`
      const right = question.refused.length === 1 && question.refused[0].feedback.includes('"8" was judged wrong');
      return { response: '<think>call ' + calls + '</think> <answer>' + (right ? say : 8) + '</answer>',
               usage: { model: 'm', inputTokens: 3, outputTokens: 4 } };`);
    const { expert, store, stored } = await anExpert(code);
    const [{ answer }] = await consult(expert, [aPrompt()]);
    expect(answer).toMatchObject({
      response: '<think>call 2</think> <answer>7</answer>',
      consultation: { model: 'm', attempt: 2, replies: 2, inputTokens: 6, outputTokens: 8 },
    });
    expect(expert.version).toMatch(/^1\+[0-9a-f]{8} \(say 7\)$/);
    const again = await loadExpert(store, stored, { rewards: [] });
    expect((await consult(again, [aPrompt()]))[0].answer).toEqual(answer);
  });

  it('is kept by content, and refused where the store holds other code', async () => {
    const { store, stored } = await anExpert(answering('return undefined;'));
    const key = stored.expert.module!;
    expect(key).toMatch(/^experts\/[0-9a-f]{64}\/mine\.ts$/);
    await store.write(key, answering('return 8;'));
    await expect(loadExpert(store, stored, { rewards: [] })).rejects.toThrow(/holds other code than its name says/);
  });

  it.each([
    ['throws', "throw new Error('no luck');", /^Error: no luck \(mine\.ts:\d+:\d+\)$/],
    ['gives a number', 'return 7;', /^it gave 7, which is no text, no \{ response, usage \} and not nothing$/],
  ])('that %s leaves a dead letter that says so', async (_, body, failure) => {
    const { expert } = await anExpert(answering(body));
    const [{ deadLetter }] = await consult(expert, [aPrompt()]);
    expect(deadLetter?.said).toEqual([
      { kind: 'failed', answer: 0, attempt: 1, failure: expect.stringMatching(failure) },
    ]);
  });

  it('that has nothing to say leaves its prompt unanswered', async () => {
    const { expert } = await anExpert(answering('return undefined;'));
    expect(await consult(expert, [aPrompt()])).toMatchObject([{ deadLetter: { reason: 'unanswered', said: [] } }]);
  });

  it.each([
    ['never ends', 'for (;;);', /the expert mine failed on prompt-1: it took longer than 1 s; .*timeoutSeconds/],
    ['ends the process', 'process.exit(3);', /an expert may not end the process/],
  ])('that %s ends the consultation, and nothing else', async (_, body, message) => {
    const { expert } = await anExpert(answering(body), { timeoutSeconds: 1 });
    const failure = await consult(expert, [aPrompt()]).catch((error) => error);
    expect(failure).toBeInstanceOf(ExpertFailedError);
    expect(failure.message).toMatch(message);
  });

  it.each([
    ['another name', { name: 'other' }, /^expert\.name is other, and mine\.ts defines the expert mine; use that name$/],
    ['the name of one that is built in', { name: 'none' }, /^expert\.name is none, which is built in/],
    ['options that it does not take', { options: { loud: true } }, /^expert\.options: mine does not take them: .*loud/],
    ['a path that is not there', { module: 'gone.ts' }, /^expert\.module: .*gone\.ts cannot be read/],
    ['a path that is no module', { module: 'mine.py' }, /^expert\.module: .*mine\.py is no module/],
  ])('is refused with %s', async (_, config, message) => {
    await expect(anExpert(answering('return undefined;'), config)).rejects.toThrow(message);
  });

  it.each([
    ['no code', 'export default {', /mine\.ts does not load: [\s\S]*it must be one file/],
    ['no function', 'export default 7;', /has no function as its default export; see docs\/experts\.md/],
    ['no version', 'export default ({ z }) => ({ name: "mine", options: z.object({}), create() {} });', /at version/],
  ])('is refused that is %s', async (_, code, message) => {
    await expect(anExpert(code)).rejects.toThrow(message);
  });

  it('is begun anew where it was ended, and goes on', async () => {
    const code = answering(
      "if (question.promptId === 'bad') process.exit(1); return '<think>I</think> <answer>7</answer>';",
    );
    const { store, stored, expert } = await anExpert(code);
    await expect(consult(expert, [aPrompt({ promptId: 'bad', question: 'Bad?' })])).rejects.toThrow(ExpertFailedError);
    const anew = await loadExpert(store, stored, { rewards: [] });
    expect((await consult(anew, [aPrompt()]))[0].answer?.response).toMatch(/<answer>7/);
  });
});
