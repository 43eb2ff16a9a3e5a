import { join } from 'node:path';
import {
  checkpointPrefix,
  metricsKey,
  resumeStepPrefix,
  sftCheckpointPrefix,
  sftResumePrefix,
} from '../../../src/schema/keys.ts';
import { encodeRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { followRun } from '../../../src/trackers/follow-run.ts';
import { type ActiveTracker, checkTrackers, createTrackers } from '../../../src/trackers/index.ts';
import { createMlflowClient, readCredentials } from '../../../src/trackers/mlflow/client.ts';
import type { Piece } from '../../../src/trackers/observation.ts';
import { trackFinished, trackSftSteps } from '../../../src/trackers/track-run.ts';
import { finishWork } from '../../support/finished-work.ts';
import { type LocalMlflow, startMlflow } from '../../support/mlflow-server.ts';
import { aRunConfig, aStoredRun, RUN_ID } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const config = aRunConfig();
let count = 0;

/** A tracker that keeps what it is told, and fails where it is asked to. */
async function aTrackedRun() {
  const { store } = await aStoredRun(join(folder, `store-${count++}`), config);
  const pieces: Piece[] = [];
  const tracker: ActiveTracker & { failure?: Error } = {
    name: 'kept',
    place: 'here',
    trackedKey: `runs/${RUN_ID}/tracked/kept.json`,
    async take(piece) {
      if (tracker.failure) throw tracker.failure;
      pieces.push(piece);
    },
  };
  const stepsTold = () =>
    pieces.filter(({ name }) => name === 'sft').flatMap(({ observations }) => observations.map(({ step }) => step));
  return { store, tracker, pieces, stepsTold, context: aContext(store) };
}

const aContext = (store: Store, environment: Record<string, string> = {}) => ({
  ...{ store, runId: RUN_ID, config },
  environment: (name: string) => environment[name],
});

const sftSteps = (numbers: readonly number[]) =>
  numbers.map((number) => ({
    ...{ epoch: 0, 'loss/sft': 1 / number, 'train/updatesApplied': number, 'train/skippedSteps': 0 },
    'time/recordedAt': 1000 + number,
  }));

async function finishSft(store: Store, steps: number): Promise<void> {
  const all = sftSteps(Array.from({ length: steps }, (_, at) => at + 1));
  await store.write(metricsKey(sftCheckpointPrefix(RUN_ID)), encodeRecords(all));
  await finishWork(store, sftCheckpointPrefix(RUN_ID));
}

describe('a tracker', () => {
  it('hears of finished work once, whoever looks again', async () => {
    const { store, tracker, pieces, context } = await aTrackedRun();
    await finishSft(store, 3);
    expect(await trackFinished(context, tracker)).toEqual({ pieces: 2, observations: 4 });
    expect(pieces.map(({ name }) => name)).toEqual(['config', 'sft']);
    expect(await trackFinished(context, tracker)).toEqual({ pieces: 0, observations: 0 });
  });

  it('hears of steps as they are taken, and of the rest when they are done', async () => {
    const { store, tracker, stepsTold, context } = await aTrackedRun();
    await trackSftSteps(context, tracker, 0, sftSteps([1, 2]));
    await finishSft(store, 5);
    await trackFinished(context, tracker);
    expect(stepsTold()).toEqual([1, 2, 3, 4, 5]);
  });

  it('is not told again of steps that are taken again after a stop', async () => {
    const { tracker, stepsTold, context } = await aTrackedRun();
    await trackSftSteps(context, tracker, 0, sftSteps([1, 2, 3]));
    await trackSftSteps(context, tracker, 1, sftSteps([2, 3, 4]));
    expect(stepsTold()).toEqual([1, 2, 3, 4]);
  });

  it('hears from the checkpoint of steps that it missed, and waits where nothing tells of them', async () => {
    const { store, tracker, stepsTold, context } = await aTrackedRun();
    await trackSftSteps(context, tracker, 3, sftSteps([4]));
    expect(stepsTold()).toEqual([]);
    await store.write(metricsKey(resumeStepPrefix(sftResumePrefix(RUN_ID), 3)), encodeRecords(sftSteps([1, 2, 3])));
    await trackSftSteps(context, tracker, 3, sftSteps([4]));
    expect(stepsTold()).toEqual([1, 2, 3, 4]);
  });

  it('that fails is warned of once, and hears all when it works again', async () => {
    const { store, tracker, pieces, context } = await aTrackedRun();
    const warnings: string[] = [];
    tracker.failure = new Error('no room');
    const following = followRun(context, [tracker], (message) => warnings.push(message));
    following.onFinished();
    following.onFinished();
    await following.end();
    expect(warnings).toEqual([
      `the tracker kept was not told of all: no room. The run goes on; rise track ${RUN_ID} tells it later`,
    ]);
    tracker.failure = undefined;
    await finishSft(store, 1);
    await trackFinished(context, tracker);
    expect(pieces.map(({ name }) => name)).toEqual(['config', 'sft']);
  });

  it('is told by a follower of steps that it has not been told of, at the latest at the end', async () => {
    const { tracker, stepsTold, context } = await aTrackedRun();
    const following = followRun(context, [tracker], () => {});
    for (const metrics of sftSteps([1, 2, 3])) {
      following.onProgress({ stage: 'train-sft', done: 1, total: 9, unit: 'sequences', metrics });
    }
    await following.end();
    expect(stepsTold()).toEqual([1, 2, 3]);
  });
});

it.each([
  [['wandb'], 'trackers.0 is wandb, which is not there (tensorboard, mlflow); correct the name'],
  [[{ name: 'mlflow', options: { uri: 'http://x' } }], /trackers\.0\.options of mlflow/],
  [[{ name: 'mlflow', options: { url: 'http://me:word@x' } }], /must hold no credentials; MLFLOW_TRACKING_TOKEN/],
  [[{ name: 'mlflow', options: { url: 'file:///x' } }], /options of mlflow/],
])('trackers %j are refused', (trackers, message) => {
  const choices = trackers.map((each) => (typeof each === 'string' ? { name: each, options: {} } : each));
  expect(() => checkTrackers(choices as never)).toThrow(message);
});

describe('MLflow', () => {
  let server: LocalMlflow;
  beforeEach(async () => {
    server = await startMlflow();
  });
  afterEach(() => server.close());

  const aMlflowTracker = (store: Store, environment: Record<string, string> = {}) => {
    const context = aContext(store, environment);
    const [tracker] = createTrackers([{ name: 'mlflow', options: { url: server.url } }], context);
    return { context, tracker };
  };

  it('gets parameters, metrics with their steps and times, and artifacts, in one run of the experiment', async () => {
    const { store } = await aTrackedRun();
    const { context, tracker } = aMlflowTracker(store);
    await finishSft(store, 2);
    await trackFinished(context, tracker);
    expect(server.params).toContainEqual({ key: 'rl.groupSize', value: '4' });
    expect(server.metrics.filter(({ key }) => key === 'sft/loss/sft')).toEqual([
      { key: 'sft/loss/sft', value: 1, timestamp: 1_001_000, step: 1 },
      { key: 'sft/loss/sft', value: 0.5, timestamp: 1_002_000, step: 2 },
    ]);
    expect(server.artifacts).toEqual(['1/abc/artifacts/run/config/step-000000.md']);
    await store.delete(tracker.trackedKey);
    const before = server.metrics.length;
    await trackFinished(context, aMlflowTracker(store).tracker);
    expect(server.metrics).toHaveLength(before);
    expect(server.requests.filter((request) => request.endsWith('runs/create'))).toHaveLength(1);
  });

  it.each([
    [{ MLFLOW_TRACKING_TOKEN: 'secret-word' }, 'Bearer secret-word'],
    [{ MLFLOW_TRACKING_USERNAME: 'me', MLFLOW_TRACKING_PASSWORD: 'secret-word' }, 'Basic bWU6c2VjcmV0LXdvcmQ='],
  ])('is asked with what %j gives, which no message tells', async (environment, header) => {
    const { store } = await aTrackedRun();
    const { context, tracker } = aMlflowTracker(store, environment);
    server.refusal = { status: 403, body: `${header} may not` };
    const error = await trackFinished(context, tracker).catch((thrown: Error) => thrown);
    expect(server.authorizations).toEqual([header]);
    expect((error as Error).message).toMatch(/experiments\/get-by-name answered 403: (Bearer|Basic) \*\*\* may not$/);
  });

  it('is tried again where its failure may pass', async () => {
    server.refusal = { status: 503, body: 'later' };
    const client = createMlflowClient(
      server.url,
      readCredentials(() => undefined),
    );
    setTimeout(() => delete server.refusal, 500);
    await client.post('experiments/create', { name: 'later' });
    expect(server.requests).toHaveLength(2);
  });

  it('needs a URL', async () => {
    const { store } = await aTrackedRun();
    expect(() => createTrackers([{ name: 'mlflow', options: {} }], aContext(store))).toThrow(
      'trackers: mlflow needs the URL of its server, http or https: give options.url, or MLFLOW_TRACKING_URI',
    );
  });
});

it('a piece of RL has its curves though its rollout is gone', async () => {
  const { store, tracker, pieces, context } = await aTrackedRun();
  const lines = [
    { iteration: 0, 'reward/mean': 0.25, 'time/recordedAt': 2000 },
    { 'loss/policy': -0.5, 'time/recordedAt': 1999 },
  ];
  await store.write(metricsKey(checkpointPrefix(RUN_ID, 0)), encodeRecords(lines));
  await finishWork(store, checkpointPrefix(RUN_ID, 0));
  await trackFinished(context, tracker);
  expect(pieces.at(-1)!.observations).toEqual(
    expect.arrayContaining([
      { kind: 'scalars', step: 1, time: 1999, values: { 'rl-step/loss/policy': -0.5 } },
      { kind: 'scalars', step: 1, time: 2000, values: { 'rl/reward/mean': 0.25 } },
    ]),
  );
});
