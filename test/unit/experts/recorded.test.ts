import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { consult } from '../../../src/experts/consult.ts';
import { loadExpert } from '../../../src/experts/index.ts';
import { storeExpert } from '../../../src/launch/store-expert.ts';
import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aPrompt, aResponse, aRunConfig } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const prompts = ['a', 'b', 'c', 'd'].map((promptId) => aPrompt({ promptId }));
const usage = { model: 'teacher', inputTokens: 5, outputTokens: 9, dollars: 0.25 };
const LINES = [
  { promptId: 'a', response: aResponse('8') },
  { promptId: 'a', response: aResponse('9') },
  { promptId: 'elsewhere', response: aResponse('7') },
  { promptId: 'a', response: aResponse('7'), ...usage },
  { promptId: 'b', response: aResponse('7') },
  { promptId: 'c', response: aResponse('8') },
];

/** Answers beside a config, put on a store as a run does it. */
async function aRecording(lines: readonly unknown[] = LINES, expert: object = {}) {
  const home = mkdtempSync(join(folder, 'home-'));
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  writeFileSync(join(home, 'answers.jsonl'), text);
  const store = createLocalStore(join(home, 'store'));
  const config = aRunConfig({ expert: { name: 'recorded', options: { path: 'answers.jsonl' }, ...expert } });
  const stored = { ...config, expert: await storeExpert(store, config.expert, home) };
  return { store, stored, load: () => loadExpert(store, stored, { rewards: [] }) };
}

describe('recorded answers', () => {
  it('teach where one of a prompt is right, with what it took; those that never are stand in a dead letter', async () => {
    const { load } = await aRecording();
    const consulted = await consult(await load(), prompts);
    expect(consulted.map(({ answer }) => answer?.isVerified)).toEqual([true, true, false, undefined]);
    expect(consulted[0].answer?.consultation).toEqual({
      ...usage,
      answer: 0,
      attempt: 3,
      replies: 1,
      waitSeconds: 0,
    });
    expect(consulted[1].answer).not.toHaveProperty('consultation');
    expect(consulted.map(({ deadLetter }) => deadLetter?.reason)).toEqual([
      undefined,
      undefined,
      'wrong',
      'unanswered',
    ]);
  });

  it('are put on the store by content, and refused when they were changed there', async () => {
    const { store, stored, load } = await aRecording();
    const key = String(stored.expert.options.path);
    expect(key).toMatch(/^datasets\/[0-9a-f]{16}\/answers\.jsonl$/);
    expect((await load()).version).toBe(`1 (${key.split('/')[1]})`);
    await store.write(key, String(await store.read(key)).replace('8', '7'));
    await expect(consult(await load(), prompts)).rejects.toThrow(CorruptRecordError);
  });

  it('that lack more prompts than are tolerated are refused before the run, by name', async () => {
    const enough = await aRecording();
    expect(await (await enough.load()).findFaults(prompts)).toEqual([]);
    const strict = await aRecording(LINES, { toleratedShare: 0.2 });
    expect(await (await strict.load()).findFaults(prompts)).toEqual([
      expect.stringMatching(
        /^datasets\/.*answers\.jsonl has no answer to 1 of 4 training prompts \(d\), and a share of 0\.2 is tolerated; add them/,
      ),
    ]);
  });

  it.each([
    [
      '{"promptId": "a"',
      /answers\.jsonl:1 is no recorded answer: no JSON: .*; write \{ "promptId", "response" \} on a line/,
    ],
    [{ promptId: 'a' }, /:1 is no recorded answer: .*expected string.* response/],
    [{ promptId: 4, response: '7' }, /:1 is no recorded answer: .* promptId/],
  ])('are refused with the line at fault: %j', async (line, message) => {
    const { load } = await aRecording([line]);
    await expect((await load()).findFaults(prompts)).rejects.toThrow(message);
  });

  it('are refused where the file is not there', async () => {
    await expect(aRecording([], { options: { path: 'gone.jsonl' } })).rejects.toThrow(/gone\.jsonl/);
    await expect(aRecording([], { options: {} }).then(({ load }) => load())).rejects.toThrow(
      /^expert\.options of recorded: .*path/s,
    );
  });
});
