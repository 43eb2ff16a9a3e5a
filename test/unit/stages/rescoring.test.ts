import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handler as scoreTrajectories } from '../../../lambdas/score/handler.ts';
import { examineRun } from '../../../src/cli/examine-run.ts';
import { rescore } from '../../../src/cli/rescore-run.ts';
import { type FinishedWork, findStale } from '../../../src/lineage/find-stale.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import * as keys from '../../../src/schema/keys.ts';
import type { Rescoring } from '../../../src/stages/score/rescore-run.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { encodeRecords } from '../../../src/store/records.ts';
import { aPrompt, aResponse, aRunConfig, aTrajectory } from '../../support/factories.ts';
import { finishWork } from '../../support/finished-work.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

/** Works of a run with two iterations and two diagnosis shards, whose accuracy reward had the given version. */
function aFinishedRun(versions: Record<string, string> = { accuracy: '2', format: '1' }): FinishedWork[] {
  const score = (work: string) => ({ work, stage: 'score', versions });
  const made = (work: string) => ({ work, stage: 'other', versions: {} });
  return [
    score('diagnosis/scores/00000/'),
    score('diagnosis/scores/00001/'),
    made('evaluation/base/'),
    made('evaluation/rise/'),
    made('evaluation/rl/'),
    made('expert/00000/'),
    made('expert/00001/'),
    made('iteration-000000/checkpoint/'),
    made('iteration-000000/plan/'),
    score('iteration-000000/scores/00000/'),
    made('iteration-000001/checkpoint/'),
    score('iteration-000001/scores/00000/'),
    made('prompts/'),
    made('report/'),
    made('routes/00000/'),
    made('routes/00001/'),
    made('sft-shards/'),
    made('sft/checkpoint/'),
  ];
}

describe('what is stale', () => {
  const worksOf = (finished: FinishedWork[], ...rest: [Record<string, string>, string[]?]) =>
    findStale(finished, ...rest).map(({ work }) => work);
  const current = { accuracy: '2', format: '1' };

  it('is nothing where the versions are the same', () => expect(findStale(aFinishedRun(), current)).toEqual([]));

  it('is everything that an older grader went into, and neither plans nor prompts', () => {
    const stale = findStale(aFinishedRun(), { ...current, accuracy: '3' });
    const fresh = ['iteration-000000/plan/', 'prompts/', 'evaluation/base/'];
    expect(stale.map(({ work }) => work)).toEqual(
      aFinishedRun()
        .map(({ work }) => work)
        .filter((work) => !fresh.includes(work)),
    );
    const because = Object.fromEntries(stale.map((each) => [each.work, each.because]));
    expect(because['diagnosis/scores/00000/']).toBe('accuracy@2, now accuracy@3');
    expect(because['iteration-000000/checkpoint/']).toBe('made from iteration-000000/scores/00000/');
  });

  it('is what comes after the first score that is', () => {
    const run = aFinishedRun().map((each) =>
      each.work === 'iteration-000001/scores/00000/' ? { ...each, versions: { ...each.versions, format: '0' } } : each,
    );
    const stale = worksOf(run, current);
    expect(stale).toContain('iteration-000001/checkpoint/');
    expect(stale).toContain('evaluation/rise/');
    expect(stale).not.toContain('iteration-000000/checkpoint/');
    expect(stale).not.toContain('diagnosis/scores/00000/');
  });

  it('leaves routes alone where there was no RL and only another reward than accuracy changed', () => {
    const run = aFinishedRun().filter(({ work }) => !work.startsWith('iteration-'));
    expect(worksOf(run, { ...current, format: '2' })).toEqual(['diagnosis/scores/00000/', 'diagnosis/scores/00001/']);
    expect(worksOf(run, { ...current, accuracy: '3' })).toContain('routes/00001/');
  });

  it('counts rewards that came, went or weigh otherwise', () => {
    const because = (...given: [Record<string, string>, string[]?]) => findStale(aFinishedRun(), ...given)[0].because;
    expect(because({ ...current, brevity: '1+abcd' })).toBe('without brevity');
    expect(because({ accuracy: '2' })).toBe('with format, which is gone');
    expect(because(current, ['format of weight 0.1, now 0.2'])).toBe('format of weight 0.1, now 0.2');
  });

  it('counts a grader that a later stage used by itself', () => {
    const evaluated = { work: 'evaluation/base/', stage: 'evaluate', versions: { accuracy: '1' } };
    expect(worksOf([evaluated], current)).toEqual(['evaluation/base/']);
  });
});

describe('rise rescore', () => {
  const runId = 'run-1';
  const store = createLocalStore(folder);
  const scores = () => store.read(keys.recordsKey(keys.scoresPrefix(runId, 'iteration-000000', 0)));

  async function playScoring(config: RunConfig): Promise<void> {
    process.env.RISE_STORE = folder;
    await store.write(keys.configKey(runId), JSON.stringify(config));
    for (const rollout of ['iteration-000000', keys.DIAGNOSIS]) {
      const groupSize = rollout === keys.DIAGNOSIS ? 4 : 2;
      const trajectories = Array.from({ length: groupSize }, (_, trajectoryIndex) =>
        aTrajectory({ trajectoryIndex, text: trajectoryIndex === 0 ? aResponse('7') : '7' }),
      );
      await store.write(keys.planPromptsKey(runId, rollout, 0), encodeRecords([aPrompt()]));
      await store.write(keys.recordsKey(keys.trajectoriesPrefix(runId, rollout, 0)), encodeRecords(trajectories));
      await finishWork(store, keys.planPrefix(runId, rollout), keys.trajectoriesPrefix(runId, rollout, 0));
      await scoreTrajectories({ runId, configKey: keys.configKey(runId), rollout, shard: 0, shardCount: 1 });
    }
  }

  /** Runs the command on a config file of these rewards and gives what it prints. */
  async function rescoreBy(rewards: string, json = true): Promise<string> {
    const config = join(mkdtempSync(join(folder, 'config-')), 'rewards.yaml');
    writeFileSync(config, `rewards: ${rewards}\n`);
    const printed: string[] = [];
    const log = jest.spyOn(console, 'log').mockImplementation((text) => printed.push(text));
    await rescore(runId, { rewards: config, store: folder, json }).finally(() => log.mockRestore());
    return printed.join('\n');
  }

  beforeAll(() => playScoring(aRunConfig()));

  it('scores every rollout by other rewards, beside the scores that were', async () => {
    const before = await scores();
    const { rollouts, versions, prefix, stale }: Rescoring = JSON.parse(await rescoreBy('{ format: 0.5 }'));
    expect(versions).toEqual({ accuracy: '2', format: '1' });
    expect(rollouts.map(({ rollout, trajectories }) => [rollout, trajectories])).toEqual([
      ['diagnosis', 4],
      ['iteration-000000', 2],
    ]);
    expect(rollouts[1]).toMatchObject({ nowCorrect: 0, nowIncorrect: 0, before: { correct: 2, meanReward: 0.95 } });
    expect(rollouts[1].after.meanReward).toBeCloseTo(0.9 + 0.5 / 2);
    expect(stale.map(({ because }) => because)).toEqual(Array(2).fill('format of weight 0.1, now 0.5'));
    expect(await scores()).toEqual(before);
    expect(await store.list(prefix)).toHaveLength(4);
  });

  it('finds its work done the second time, and does other work for other rewards', async () => {
    const first: Rescoring = JSON.parse(await rescoreBy('{ format: 0.2 }'));
    expect(JSON.parse(await rescoreBy('{ format: 0.2 }'))).toEqual(first);
    const other: Rescoring = JSON.parse(await rescoreBy('{ format: 0.3 }'));
    expect(other.prefix).not.toBe(first.prefix);
  });

  it('takes a reward of the user, and says so in the table', async () => {
    writeFileSync(join(folder, 'seven.mjs'), SEVEN);
    const printed = await rescoreBy(`{ seven: { weight: 1, module: ${join(folder, 'seven.mjs')} } }`, false);
    expect(printed).toMatch(/^iteration-000000 +2 +2 +2 +0 +0 +1\.950 +0\.950$/m);
    expect(printed).toMatch(/by accuracy@2, format@1, seven@1\+[0-9a-f]{8}/);
    expect(printed).toMatch(/Stale, made by older rewards:\n {2}diagnosis\/scores\/00000\/ +without seven/);
  });

  it('refuses a run that is not there, and a reward that fails its golden cases', async () => {
    writeFileSync(join(folder, 'eight.mjs'), SEVEN.replace('value: 1 }]', 'value: 0 }]'));
    await expect(rescoreBy(`{ seven: { weight: 1, module: ${join(folder, 'eight.mjs')} } }`)).rejects.toThrow(
      /rewards\.seven: golden case "a seven" gave 1/,
    );
    const options = { rewards: join(folder, 'config.yaml'), store: folder };
    writeFileSync(options.rewards, 'rewards: {}\n');
    await expect(rescore('nowhere', options)).rejects.toThrow(/has no run nowhere/);
  });
});

describe('rise doctor RUN', () => {
  const store = createLocalStore(folder);

  /** A run whose scores have these versions, as the command shows it. */
  async function examine(versions: Record<string, string>) {
    const module = keys.rewardModuleKey('0'.repeat(64), 'gone.ts');
    const config = aRunConfig({ rewards: { mine: { weight: 1, module } } });
    await store.write(keys.configKey('run-2'), JSON.stringify(config));
    const prefix = keys.scoresPrefix('run-2', keys.DIAGNOSIS, 0);
    const manifest = { stage: 'score', runId: 'run-2', parts: [], summary: {}, seed: 0, versions };
    await store.write(keys.manifestKey(prefix), JSON.stringify(manifest));
    let printed = '';
    const log = jest.spyOn(console, 'log').mockImplementation((text) => {
      printed += text;
    });
    await examineRun('run-2', { store: folder, json: true }).finally(() => log.mockRestore());
    const { exitCode } = process;
    process.exitCode = undefined;
    return { exitCode, ...JSON.parse(printed) };
  }

  it("finds nothing in a run of today's rewards, and runs no module of the run", async () => {
    const versions = { accuracy: '2', format: '1', mine: '1+abcd' };
    expect(await examine(versions)).toEqual({ exitCode: 0, ready: true, stale: [] });
  });

  it('finds what an older grader scored, and exits with 1', async () => {
    const stale = [{ work: 'diagnosis/scores/00000/', because: 'accuracy@1, now accuracy@2' }];
    expect(await examine({ accuracy: '1', format: '1' })).toEqual({ exitCode: 1, ready: false, stale });
  });
});

const SEVEN = `export default ({ z }) => ({
  name: 'seven', version: '1', options: z.strictObject({}),
  create: () => ({ score: (prompt, { text }) => ({ value: Number(text.includes('7')), evidence: 'a 7' }) }),
  cases: [{ name: 'a seven', trajectory: { text: '7' }, value: 1 }],
});`;
