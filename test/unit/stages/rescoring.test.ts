import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handler as scoreTrajectories } from '../../../lambdas/score/handler.ts';
import { register as registerRescore } from '../../../src/cli/commands/rescore.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import * as keys from '../../../src/schema/keys.ts';
import type { Rescoring } from '../../../src/stages/score/rescore-run.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { encodeRecords } from '../../../src/store/records.ts';
import { aPrompt, aResponse, aRunConfig, aTrajectory } from '../../support/factories.ts';
import { finishWork } from '../../support/finished-work.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

/** What the command prints: reasons in words. */
type Printed = Omit<Rescoring, 'stale'> & { stale: { work: string; because: string }[] };

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
      const item = { runId, configKey: keys.configKey(runId), rollout, shard: 0, shardCount: 1 };
      await store.write(keys.planShardsKey(runId, rollout), JSON.stringify([item]));
      await finishWork(store, keys.planPrefix(runId, rollout), keys.trajectoriesPrefix(runId, rollout, 0));
      await scoreTrajectories(item);
    }
  }

  /** Runs the command on a config file of these rewards and gives what it prints. */
  async function rescoreBy(rewards: string, json = true): Promise<string> {
    const config = join(mkdtempSync(join(folder, 'config-')), 'rewards.yaml');
    writeFileSync(config, `rewards: ${rewards}\n`);
    const args = [runId, '--rewards', config, '--store', folder, ...(json ? ['--json'] : [])];
    return (await runCommand(registerRescore, 'rescore', ...args)).printed;
  }

  beforeAll(() => playScoring(aRunConfig()));

  it('scores every rollout by other rewards, beside the scores that were', async () => {
    const before = await scores();
    const { rollouts, versions, prefix, stale }: Printed = JSON.parse(await rescoreBy('{ format: 0.5 }'));
    expect(versions).toEqual({ accuracy: '5', format: '1' });
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
    expect(printed).toMatch(/by accuracy@5, format@1, seven@1\+[0-9a-f]{8}/);
    expect(printed).toMatch(/Stale, made by older rewards:\n {2}diagnosis\/scores\/00000\/ +without seven/);
  });

  it('refuses a run that is not there, and a reward that fails its golden cases', async () => {
    writeFileSync(join(folder, 'eight.mjs'), SEVEN.replace('value: 1 }]', 'value: 0 }]'));
    await expect(rescoreBy(`{ seven: { weight: 1, module: ${join(folder, 'eight.mjs')} } }`)).rejects.toThrow(
      /rewards\.seven: golden case "a seven" gave 1/,
    );
    const rewards = join(folder, 'config.yaml');
    writeFileSync(rewards, 'rewards: {}\n');
    const unknown = runCommand(registerRescore, 'rescore', 'nowhere', '--rewards', rewards, '--store', folder);
    await expect(unknown).rejects.toThrow(/has no run nowhere/);
  });
});

const SEVEN = `export default ({ z }) => ({
  name: 'seven', version: '1', options: z.strictObject({}),
  create: () => ({ score: (prompt, { text }) => ({ value: Number(text.includes('7')), evidence: 'a 7' }) }),
  cases: [{ name: 'a seven', trajectory: { text: '7' }, value: 1 }],
});`;
