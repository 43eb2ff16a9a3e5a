import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { killGroup, type PrintedEvent, readManifests, riseRun } from '../support/rise-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const config = join(folder, 'run.yaml');
/** A random policy is never right, so RL has nothing to train on; rise-tiny, once trained, is right at times. */
const riseTiny = join(packageRoot, 'models/rise-tiny');
const isTrained = existsSync(join(riseTiny, 'model.safetensors'));
const model = isTrained ? riseTiny : join(packageRoot, 'test/fixtures/parity/one-image/checkpoint');
writeFileSync(
  config,
  `
name: resume
seed: 3
policy: { model: ${model} }
data:
  train: { kind: tasks, split: train, seed: 1, tiers: { read: 8, sum: 8 } }
  evaluation: { kind: tasks, split: evaluation, seed: 1, tiers: { read: 8, sum: 8 } }
sampling: { maxNewTokens: 48 }
rl: { iterations: 1, promptsPerIteration: 4, groupSize: 4, stepsPerIteration: 2, microBatchSequences: 2, optimizer: { learningRate: 1.0e-4 } }
diagnosis: { trajectoriesPerPrompt: 2 }
sft: { epochs: 2, sequencesPerStep: 4, microBatchSequences: 4, optimizer: { learningRate: 1.0e-4 } }
evaluation: { sampling: { maxNewTokens: 16 } }
compute: { rolloutShards: 2, decodeBatchSequences: 4 }
`,
);

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

jest.setTimeout(300_000);

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
