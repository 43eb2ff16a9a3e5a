import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunCost } from '../../src/schema/budget.ts';
import { killGroup, type PrintedEvent, readManifests, riseRun } from '../support/rise-run.ts';
import { aSmallRunConfig, isTrained } from '../support/small-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const config = aSmallRunConfig(folder);

const isAt = (event: PrintedEvent, kind: PrintedEvent['kind'], state: string) =>
  event.kind === kind && 'state' in event && event.state === state;

/** In the order of a run: each is the moment at which it is killed. Jobs are killed in the middle of their work. */
const MOMENTS: [PrintedEvent['kind'], string][] = [
  ['state-entered', 'Validate'],
  ['state-entered', 'Plan'],
  ['job-progress', 'RolloutShards'],
  ['state-entered', 'Score'],
  [isTrained ? 'job-progress' : 'job-started', 'TrainRl'],
  ['job-progress', 'RolloutShardsDiagnosis'],
  ['state-entered', 'ScoreDiagnosis'],
  ['state-entered', 'Route'],
  ['state-entered', 'ConsultExpert'],
  ['state-entered', 'Publish'],
  ['job-progress', 'TrainSft'],
  ['job-progress', 'Evaluate'],
  ['state-entered', 'Report'],
];

jest.setTimeout(1_200_000);

it('a run that is killed once in each stage ends with the manifests of one that is not', async () => {
  const untouched = join(folder, 'untouched');
  const killed = join(folder, 'killed');
  const whole = await riseRun(config, untouched);
  expect({ code: whole.code, last: whole.events.at(-1) }).toMatchObject({ code: 0, last: { kind: 'summary' } });

  for (const [kind, state] of MOMENTS) {
    const ended = await riseRun(config, killed, (event, child) => {
      if (isAt(event, kind, state)) killGroup(child);
    });
    expect({ kind, state, code: ended.code }).toEqual({ kind, state, code: null });
  }
  const resumed = await riseRun(config, killed);
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  expect(resumed.events.at(-1)).toMatchObject({
    kind: 'summary',
    evaluation: { 'held-out': { policies: { rise: { n: 16 } } } },
  });
  const manifests = readManifests(untouched);
  expect([...manifests.keys()].length).toBe(23);
  expect(readManifests(killed)).toEqual(manifests);
});

it('a run whose output is closed, as by `| head`, stops as if it were told to', async () => {
  const closed = await riseRun(config, join(folder, 'closed'), (_, child) => child.stdout!.destroy());
  // Its last word, as JSON, goes where the others went.
  expect(closed).toMatchObject({ code: 130, stderr: '' });
});

it('a run that is told to stop says how to resume, and then resumes', async () => {
  const store = join(folder, 'stopped');
  let signals = 0;
  const stopped = await riseRun(config, store, (event, child) => {
    if (isAt(event, 'job-progress', 'RolloutShards') && signals++ === 0) child.kill('SIGINT');
  });
  expect(stopped.code).toBe(130);
  expect(stopped.events.at(-1)).toEqual({
    error: { name: 'InterruptedError', message: expect.stringContaining('run the same command again to resume') },
  });
  const resumed = await riseRun(config, store, (event, child) => {
    if (isAt(event, 'job-started', 'TrainRl')) killGroup(child);
  });
  expect(resumed.events.some((event) => isAt(event, 'job-finished', 'RolloutShards'))).toBe(true);
});

it('a run that stops at its budget goes on with a larger one, to the manifests of a run without', async () => {
  const store = join(folder, 'budgeted');
  const budgeted = (hours: number) => {
    const path = join(folder, `budget-${hours}.yaml`);
    writeFileSync(path, `${readFileSync(config, 'utf8')}budget: { hours: ${hours} }\n`);
    return riseRun(path, store);
  };
  const stopped = await budgeted(1e-6);
  expect(stopped).toMatchObject({ code: 3, stderr: '' });
  expect(stopped.events.at(-1)).toMatchObject({ kind: 'stopped', stopped: 'budget', next: 'diagnosis' });
  expect(stopped.events.some((event) => isAt(event, 'state-entered', 'PlanDiagnosis'))).toBe(true);
  expect(stopped.events.some((event) => isAt(event, 'state-entered', 'RolloutShardsDiagnosis'))).toBe(false);

  const resumed = await budgeted(10);
  expect(resumed).toMatchObject({ code: 0, stderr: '' });
  const { cost } = resumed.events.at(-1) as unknown as { cost: RunCost };
  expect(Object.keys(cost.stages).sort()).toEqual(['evaluate', 'rollout', 'train-rl', 'train-sft']);
  expect(cost.total).toEqual({ usd: 0, hours: expect.closeTo(sumOf(Object.values(cost.stages))) });
  expect(readManifests(store)).toEqual(readManifests(join(folder, 'untouched')));
});

const sumOf = (amounts: readonly { hours: number }[]) => amounts.reduce((sum, { hours }) => sum + hours, 0);
