import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { type Assumptions, S3_CONNECTIONS } from '../../../src/forecast/assumptions.ts';
import { modelJob } from '../../../src/forecast/model-jobs.ts';
import { readAssumptions } from '../../../src/forecast/read-assumptions.ts';
import { simulateRun } from '../../../src/forecast/simulate-run.ts';
import { createStorage, DAY_SECONDS, MONTH_SECONDS, storedByMonth, storedUses } from '../../../src/forecast/storage.ts';
import { chooseSlots } from '../../../src/launch/choose-slots.ts';
import { readRunConfig } from '../../../src/launch/read-run-config.ts';
import { readDefinition } from '../../../src/local/definition.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { iterationName } from '../../../src/schema/keys.ts';

const folder = join(packageRoot, 'examples');

/** The 7B example, with its adapter or all its weights trained. */
async function example(trained: 'adapter' | 'all'): Promise<{ config: RunConfig; assumptions: Assumptions }> {
  const given = await chooseSlots(await readRunConfig(join(folder, 'qwen2.5-vl-7b.yaml')), folder);
  const config = trained === 'all' ? { ...given, policy: { ...given.policy, adapter: undefined } } : given;
  return { config, assumptions: await readAssumptions(config, folder, { prompts: 5000, evaluationPrompts: 500 }) };
}

describe('what lies in a bucket with versions', () => {
  it('is counted from when it is written until it is deleted, and superseded for some days more', () => {
    const storage = createStorage();
    storage.write('optimizer moments', 60e9, 0);
    storage.supersede('optimizer moments', 3 * DAY_SECONDS, 1);
    expect(storage.gbMonths('optimizer moments', 'current', 0, MONTH_SECONDS)).toBeCloseTo(6);
    expect(storage.gbMonths('optimizer moments', 'superseded', 0, MONTH_SECONDS)).toBeCloseTo(2);
    expect(storage.lastingGb('optimizer moments')).toBe(0);
  });

  it('is split at the end of the run, and what has expired is not there', () => {
    const storage = createStorage();
    storage.write('checkpoints', 10e9, 0);
    storage.leave('trajectories', 30e9, 0, 30);
    expect(storedUses(storage, MONTH_SECONDS)).toEqual([
      { kind: 'checkpoints', version: 'current', duringRun: 10, monthAfter: 10, lastingGb: 10 },
      { kind: 'trajectories', version: 'superseded', duringRun: 30, monthAfter: 0, lastingGb: 0 },
    ]);
    expect(storedByMonth(storage, MONTH_SECONDS)).toEqual([40, 10]);
  });
});

describe('a run of 7B', () => {
  const stored = async (trained: 'adapter' | 'all') => {
    const { config, assumptions } = await example(trained);
    const { stored, cost } = await simulateRun(readDefinition(), config, assumptions);
    const find = (kind: string, version = 'current') =>
      stored.find((use) => use.kind === kind && use.version === version);
    return { assumptions, cost, find };
  };

  it('leaves float32 weights of each iteration for good where all are trained, and no moments', async () => {
    const { assumptions, cost, find } = await stored('all');
    expect(assumptions.checkpointBytes / 1e9).toBeCloseTo(33.2, 1);
    expect(assumptions.momentBytes.rl / 1e9).toBeCloseTo(60.9, 1);
    // Those of 100 iterations and of SFT.
    expect(find('checkpoints')!.lastingGb).toBeCloseTo((101 * assumptions.checkpointBytes) / 1e9);
    // Each iteration's until the next is done, and a day more: none is left of the last one's, nor of SFT's.
    expect(find('optimizer moments')).toMatchObject({ monthAfter: 0, lastingGb: 0 });
    expect(find('optimizer moments')!.duringRun).toBeGreaterThan(0);
    const deletedOnLastDay = find('optimizer moments', 'superseded')!;
    expect(deletedOnLastDay.duringRun).toBeGreaterThan(deletedOnLastDay.monthAfter);
    expect(cost.perMonth).toBeGreaterThan(75);
  });

  it('leaves the base model once and adapters beside it where those are trained', async () => {
    const { assumptions, cost, find } = await stored('adapter');
    expect(assumptions.modelBytes / 1e9).toBeCloseTo(16.6, 1);
    expect(find('base model')!.lastingGb).toBeCloseTo(16.6, 1);
    expect(find('checkpoints')!.lastingGb).toBeCloseTo((101 * assumptions.checkpointBytes) / 1e9);
    expect(assumptions.checkpointBytes).toBeLessThan(0.05 * assumptions.modelBytes);
    expect(cost.perMonth).toBeLessThan(2);
  });

  it('waits for its weights at the rate of several connections', async () => {
    const { config, assumptions } = await example('all');
    const [first, second, last] = [0, 1, config.rl.iterations - 1].map((at) =>
      modelJob('train-rl', { rollout: iterationName(at) }, config, assumptions),
    );
    const { modelBytes, checkpointBytes, momentBytes } = assumptions;
    const rate = S3_CONNECTIONS * 85e6;
    const both = checkpointBytes + momentBytes.rl;
    const kept = first.resumesAt.length * both;
    expect(first.movingSeconds).toBeCloseTo((modelBytes + kept + both) / rate);
    expect(second.movingSeconds).toBeCloseTo((both + kept + both) / rate);
    expect(last.movingSeconds).toBeCloseTo((both + kept + checkpointBytes) / rate);
    expect(first.s3Writes).toBeGreaterThan((kept + both) / (8 * 2 ** 20));
  });

  it('keeps a checkpoint to go on from each half an hour of training, one at a time', async () => {
    const { config, assumptions } = await example('all');
    const slow = { ...assumptions, trainingTokensPerSecond: 200 };
    const { resumesAt, seconds } = modelJob('train-rl', { rollout: iterationName(0) }, config, slow);
    expect(resumesAt.length).toBeGreaterThan(1);
    expect(resumesAt.length).toBeLessThan(config.rl.stepsPerIteration);
    const gaps = resumesAt.slice(1).map((at, index) => at - resumesAt[index]);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(config.compute.checkpointSeconds);
    expect(resumesAt.at(-1)!).toBeLessThan(seconds);
    const { stored } = await simulateRun(readDefinition(), config, slow);
    const [current] = stored.filter(({ kind, version }) => kind === 'resume checkpoints' && version === 'current');
    expect(current.lastingGb).toBe(0);
    expect(current.monthAfter).toBe(0);
  });
});
