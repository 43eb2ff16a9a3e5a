import { join } from 'node:path';
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
