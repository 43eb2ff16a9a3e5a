import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examineRun } from '../../src/lineage/examine-run.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { killGroup, type PrintedEvent, readManifests, riseRun } from '../support/rise-run.ts';
import { aSmallRunConfig } from '../support/small-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const base = readFileSync(aSmallRunConfig(folder), 'utf8').replace('iterations: 1', 'iterations: 3');
const shared = join(folder, 'shared');

/** The small run's config, changed, in a file of its own. */
function aConfig(name: string, ...changes: [from: string, to: string][]): string {
  const path = join(folder, `${name}.yaml`);
  const text = changes.reduce((text, [from, to]) => text.replace(from, to), base);
  writeFileSync(path, text.replace('name: resume', `name: ${name}`));
  return path;
}

const runIn = (store: string, name: string) =>
  readdirSync(join(store, 'runs')).find((id) => id.startsWith(`${name}-`))!;

/** Manifests of a run by what they are of, but for the report's, which tells what was taken. */
const manifestsOf = (store: string, name: string) =>
  new Map([...readManifests(store)].filter(([key]) => key.includes(`/${name}-`) && !key.includes('/report/')));

const takenIn = (store: string, name: string) => {
  const keys = readdirSync(store, { recursive: true, encoding: 'utf8' });
  const folders = keys.filter((key) => key.includes(`/${name}-`) && key.endsWith('/taken.json'));
  return folders.map((key) => key.split('/').slice(2, -1).join('/')).sort();
};

const jobsOf = (events: PrintedEvent[], isTaken: boolean) =>
  events.flatMap((event) =>
    event.kind === 'job-finished' && (event.takenFrom !== undefined) === isTaken
      ? [`${event.job} ${event.arrayIndex}`]
      : [],
  );

const ITERATIONS = ['iteration-000000', 'iteration-000001', 'iteration-000002'];
const SAMPLED = ['diagnosis', ...ITERATIONS].flatMap((rollout) => [`${rollout}/00000`, `${rollout}/00001`]);
const SCORED = ['diagnosis', ...ITERATIONS].flatMap((rollout) => [
  `${rollout}/scores/00000`,
  `${rollout}/scores/00001`,
]);

jest.setTimeout(1_200_000);

beforeAll(async () => {
  expect(await riseRun(aConfig('first'), shared)).toMatchObject({ code: 0, stderr: '' });
});

it('a run of another SFT takes all that comes before it, killed on the way or not, and ends as one that takes nothing', async () => {
  const config = aConfig('epochs', ['epochs: 2', 'epochs: 3']);
  for (const state of ['RolloutShards', 'TrainRl', 'RolloutShardsDiagnosis']) {
    const killed = await riseRun(config, shared, (event, child) => {
      if (event.kind === 'state-entered' && event.state === state) killGroup(child);
    });
    expect(killed.code).toBe(null);
  }
  const { code, events } = await riseRun(config, shared);
  expect(code).toBe(0);
  expect(jobsOf(events, false)).toEqual(['train-sft 0', 'evaluate 2']);
  const checkpoints = ITERATIONS.map((name) => `${name}/checkpoint`);
  expect(takenIn(shared, 'epochs')).toEqual(
    [...SAMPLED, ...SCORED, ...checkpoints, 'evaluation/base', 'evaluation/rl'].sort(),
  );
  const alone = join(folder, 'alone');
  expect((await riseRun(config, alone)).code).toBe(0);
  expect(manifestsOf(shared, 'epochs')).toEqual(manifestsOf(alone, 'epochs'));
  expect(events.at(-1)).toMatchObject({ kind: 'summary', taken: { [runIn(shared, 'first')]: expect.any(Number) } });
});

it('work that was taken and is made again, since it was damaged, is the own of who makes it', async () => {
  const config = aConfig('damaged', ['epochs: 2', 'epochs: 4']);
  expect((await riseRun(config, shared)).code).toBe(0);
  const evaluation = join(shared, 'runs', runIn(shared, 'damaged'), 'evaluation/rl');
  expect(takenIn(shared, 'damaged')).toContain('evaluation/rl');
  // Nobody offers it any more: the run has to make it.
  for (const name of ['first', 'epochs']) {
    const manifest = join(shared, 'runs', runIn(shared, name), 'evaluation/rl/manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/\n$/, '\n\n'));
  }
  rmSync(join(evaluation, 'held-out'), { recursive: true });
  const { code, events } = await riseRun(config, shared);
  expect({ code, made: jobsOf(events, false).filter((job) => job === 'evaluate 1') }).toEqual({
    code: 0,
    made: ['evaluate 1'],
  });
  expect(takenIn(shared, 'damaged')).not.toContain('evaluation/rl');
});

it('a run of another reward takes the rollouts that it has not changed yet, and scores them itself', async () => {
  const config = aConfig('weight', ['diagnosis:', 'rewards: { format: 0.2 }\ndiagnosis:']);
  const { code, events } = await riseRun(config, shared);
  expect(code).toBe(0);
  expect(jobsOf(events, true).slice(0, 2)).toEqual(['rollout 0', 'rollout 1']);
  const taken = takenIn(shared, 'weight');
  expect(taken).toEqual(
    expect.arrayContaining(['iteration-000000/00000', 'iteration-000000/00001', 'evaluation/base']),
  );
  expect(taken.filter((work) => work.includes('scores') || work.includes('checkpoint'))).toEqual([]);
  const alone = join(folder, 'alone');
  expect((await riseRun(config, alone, undefined, ['--fresh'])).code).toBe(0);
  expect(manifestsOf(shared, 'weight')).toEqual(manifestsOf(alone, 'weight'));
});

it('a fresh run takes nothing, and one that has taken some is not made fresh', async () => {
  const config = aConfig('fresh', ['epochs: 2', 'epochs: 1']);
  const { code, events } = await riseRun(config, shared, undefined, ['--fresh']);
  expect({ code, taken: jobsOf(events, true) }).toEqual({ code: 0, taken: [] });
  const refused = await riseRun(aConfig('epochs', ['epochs: 2', 'epochs: 3']), shared, undefined, ['--fresh']);
  expect(refused.code).toBe(1);
  expect(JSON.stringify(refused.events)).toContain('has taken 21 pieces of work from earlier runs already');
});

it('a run that keeps the last policies drops the others, and neither it nor a later run loses anything by it', async () => {
  const keeping = (count: number): [string, string] => [
    'rolloutShards: 2',
    `rolloutShards: 2, keepCheckpoints: ${count}`,
  ];
  const config = aConfig('kept', keeping(1));
  const dropping = join(folder, 'dropping');
  expect((await riseRun(config, dropping)).code).toBe(0);
  const weightsIn = (store: string, name: string) =>
    ITERATIONS.map((iteration) =>
      readdirSync(join(store, 'runs', runIn(store, name), iteration, 'checkpoint')).includes('model.safetensors'),
    );
  expect(weightsIn(dropping, 'kept')).toEqual([false, false, true]);
  const examined = await examineRun(createLocalStore(dropping), runIn(dropping, 'kept'), 'contents');
  expect(examined).toEqual({ isFinished: true, damaged: [], stale: [] });
  const again = await riseRun(config, dropping);
  expect(again.events.filter((event) => event.kind === 'job-finished' && !event.wasDone)).toEqual([]);

  const fromAll = await riseRun(config, shared);
  expect(jobsOf(fromAll.events, false)).toEqual([]);
  expect(weightsIn(shared, 'kept')).toEqual([false, false, true]);
  expect(manifestsOf(shared, 'kept')).toEqual(manifestsOf(dropping, 'kept'));

  const another = await riseRun(aConfig('another', keeping(1), ['epochs: 2', 'epochs: 1']), dropping);
  expect(jobsOf(another.events, false)).toEqual(['train-sft 0', 'evaluate 2']);
  expect(weightsIn(dropping, 'another')).toEqual([false, false, true]);
  const more = await riseRun(aConfig('more', keeping(2)), dropping);
  expect(jobsOf(more.events, false)).toEqual(['train-rl 0', 'train-rl 0', 'train-rl 0']);
  expect(weightsIn(dropping, 'more')).toEqual([false, true, true]);
});
