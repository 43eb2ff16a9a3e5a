import { cpSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { thisProcess } from '../../../src/base/process-mark.ts';
import { findDifferences } from '../../../src/catalog/compare-runs.ts';
import { listRuns } from '../../../src/catalog/list-runs.ts';
import { measureRemovals, removeRun } from '../../../src/catalog/remove-runs.ts';
import { listPrompts, showPrompt } from '../../../src/catalog/show-run.ts';
import { register as registerLs } from '../../../src/cli/commands/ls.ts';
import { register as registerRm } from '../../../src/cli/commands/rm.ts';
import { register as registerShow } from '../../../src/cli/commands/show.ts';
import { lockKey } from '../../../src/local/run-lock.ts';
import { InvalidInputError } from '../../../src/schema/errors.ts';
import * as keys from '../../../src/schema/keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { playRun, runId } from '../../support/played-run.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const root = aTemporaryFolder();
let folder: string;
let store: Store;

beforeAll(() => playRun(join(root, 'played')));
beforeEach(() => {
  folder = mkdtempSync(join(root, 'store-'));
  cpSync(join(root, 'played'), folder, { recursive: true });
  store = openStore(folder);
});

/** Another run of the store, which took the plan of the first, and is done. */
async function anotherRun(id: string): Promise<void> {
  await store.copy(keys.configKey(runId), keys.configKey(id));
  for (const key of await store.list(keys.planPrefix(runId, 'diagnosis'))) {
    await store.copy(key, keys.inRun(key, runId, id));
  }
  const taken = { runId, key: keys.manifestKey(keys.planPrefix(runId, 'diagnosis')), sha256: 'a' };
  await store.write(keys.takenKey(keys.planPrefix(id, 'diagnosis')), JSON.stringify(taken));
  await store.write(keys.startedKey(id), '{"startedAt":"2026-11-28T10:00:00.000Z"}');
}

const summary = (id: string) => ({
  runId: id,
  evaluation: {
    'held-out': {
      policies: {
        base: { accuracy: 0.5, low: 0.4, high: 0.6, n: 9, formatted: 1, meanTokens: 9, categories: {}, measures: {} },
      },
      comparisons: [],
    },
  },
  routes: { mastered: 1, selfDistill: 1, expert: 1 },
  durationSeconds: 1,
});

describe('listing runs', () => {
  it('says of each how it stands, what it achieved and what it takes', async () => {
    await anotherRun('done');
    await store.write(keys.summaryKey('done'), JSON.stringify(summary('done')));
    const [played, done] = await listRuns(store);
    expect(done).toMatchObject({ runId: 'done', state: { kind: 'done' }, accuracy: { 'held-out': { base: 0.5 } } });
    expect(played).toMatchObject({ runId, state: { kind: 'unfinished' }, accuracy: {} });
    const sizes = [await store.listSizes(`runs/${runId}/`), await store.listSizes(`trajectories/${runId}/`)];
    const bytes = sizes.flatMap((room) => [...room.values()]);
    expect(played).toMatchObject({ files: bytes.length, bytes: bytes.reduce((sum, each) => sum + each, 0) });
  });

  it('knows a run that goes on, one that failed, and one of another version', async () => {
    await store.write(lockKey(runId), JSON.stringify(thisProcess()));
    for (const id of ['failed', 'older']) await anotherRun(id);
    const failure = { runId: 'failed', configKey: 'c', error: 'StalledError', cause: 'silent', executionId: 'local' };
    await store.write(keys.failureKey('failed'), JSON.stringify({ ...failure, failedAt: '2026-11-28T10:00:00.000Z' }));
    await store.write(keys.summaryKey('older'), '{"accuracy": 1}');
    const kinds = Object.fromEntries((await listRuns(store)).map(({ runId: id, state }) => [id, state.kind]));
    expect(kinds).toEqual({ [runId]: 'running', failed: 'failed', older: 'unreadable' });
  });

  it('is a table, or one line of JSON', async () => {
    const { printed } = await runCommand(registerLs, 'ls', '--store', folder);
    expect(printed).toMatch(new RegExp(`^run .*\n${runId} +unfinished .* kB`));
    const json = JSON.parse((await runCommand(registerLs, 'ls', '--store', folder, '--json')).printed);
    expect(json.runs).toHaveLength(1);
    expect((await runCommand(registerLs, 'ls', '--store', join(root, 'none'))).printed).toMatch(/^No runs in/);
  });
});

describe('showing a prompt', () => {
  it('joins question, gold, answers with their verdicts, and the decision', async () => {
    const lines = await listPrompts(store, runId);
    const mixed = lines.find(({ right, answers }) => right > 0 && right < answers)!;
    const shown = await showPrompt(store, runId, mixed.promptId);
    expect(shown).toMatchObject({ of: 'diagnosis', decision: { branch: 'self-distill' } });
    const verdicts = shown.answers.map((answer) => answer.kind === 'trajectory' && answer.score?.isCorrect);
    expect(verdicts.filter(Boolean)).toHaveLength(mixed.right);
    expect(verdicts).toHaveLength(mixed.answers);

    const { printed } = await runCommand(registerShow, 'show', runId, mixed.promptId, '--store', folder);
    expect(printed).toContain(`gold      ${shown.prompt.groundTruth}`);
    expect(printed).toMatch(/WRONG {2}trajectory \d, reward [\d.]+/);
    expect(printed).toMatch(/why: accuracy 0 x 0\.9, incorrect: .*"99"/);
    expect(printed).toMatch(/route {5}self-distill: 2 of 4 right/);
  });

  it('takes the beginning of an id, and names those it may mean', async () => {
    const [{ promptId }] = await listPrompts(store, runId);
    expect((await showPrompt(store, runId, promptId.slice(0, -2))).prompt.promptId).toBe(promptId);
    await expect(showPrompt(store, runId, '')).rejects.toThrow(/prompts begin with .*give more of the id/);
    await expect(showPrompt(store, runId, 'nothing')).rejects.toThrow(/has asked no prompt nothing/);
  });

  it('shows what policies answered in the evaluation, one of them or all', async () => {
    const lines = await listPrompts(store, runId, 'evaluation');
    const record = { promptId: lines[0].promptId, answer: '7', isCorrect: false, isFormatted: false, text: 'It is 7.' };
    const key = keys.recordsKey(keys.benchmarkPrefix(runId, 'rl', 'held-out'));
    await store.write(key, `${JSON.stringify({ ...record, tokenCount: 5 })}\n`);
    const { printed } = await runCommand(registerShow, 'show', runId, record.promptId, '--store', folder);
    expect(printed).toContain('WRONG  RL on held-out, 5 tokens\n  | It is 7.\n  why: read as "7"; not in the format');
    expect((await showPrompt(store, runId, record.promptId, 'rise')).answers).toEqual([]);
    await expect(showPrompt(store, runId, record.promptId, '99')).rejects.toThrow(/--of 99 is none of diagnosis/);
  });
});

describe('removing runs', () => {
  it('takes all that is theirs, and leaves what others took and what runs share', async () => {
    await anotherRun('taker');
    await store.write(keys.offeredWorkKey('recipe', runId), '{}');
    await store.write(keys.offeredWorkKey('recipe', 'taker'), '{}');
    const before = await store.listSizes('');
    const [removal] = await measureRemovals(store, [runId]);
    await removeRun(store, removal);
    const gone = [...before.keys()].filter((key) => key.split('/').some((part) => part.replace('.json', '') === runId));
    expect(await store.list('')).toEqual([...before.keys()].filter((key) => !gone.includes(key)));
    expect(await store.list('images/')).not.toEqual([]);
    expect(readdirSync(join(folder, 'runs'))).toEqual(['taker']);
    expect(existsSync(join(folder, 'trajectories', runId))).toBe(false);
    expect((await listPrompts(store, 'taker')).length).toBeGreaterThan(0);
  });

  it('refuses a run that a process works on, and one that is not there', async () => {
    await store.write(lockKey(runId), JSON.stringify(thisProcess()));
    const before = await store.list('');
    const removing = runCommand(registerRm, 'rm', runId, '--yes', '--store', folder);
    await expect(removing).rejects.toThrow(/is being worked on by process/);
    await expect(measureRemovals(store, ['none'])).rejects.toThrow(InvalidInputError);
    expect(await store.list('')).toEqual(before);
  });

  it('asks for a yes, which nobody can give without a terminal', async () => {
    await expect(runCommand(registerRm, 'rm', runId, '--store', folder)).rejects.toThrow(/say --yes/);
    const { printed } = await runCommand(registerRm, 'rm', runId, '--yes', '--json', '--store', folder);
    expect(JSON.parse(printed).removed).toEqual([expect.objectContaining({ runId })]);
    expect(await listRuns(store)).toEqual([]);
  });
});

it('names the fields in which configs differ', () => {
  const configs = [
    { seed: 1, rl: { groupSize: 8 } },
    { seed: 1, rl: { groupSize: 4, pipelined: true } },
  ];
  expect(findDifferences(configs)).toEqual([
    { path: 'rl.groupSize', values: [8, 4] },
    { path: 'rl.pipelined', values: [undefined, true] },
  ]);
});
