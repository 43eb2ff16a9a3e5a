import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalMlflow, startMlflow } from '../support/mlflow-server.ts';
import { findPythonWith } from '../support/python-environment.ts';
import { killGroup, riseRun } from '../support/rise-run.ts';
import { runPeer } from '../support/run-peer.ts';
import { aSmallRunConfig, isTrained } from '../support/small-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const environment = findPythonWith('tensorboard==2.21.0', 'numpy==2.4.6', 'protobuf==7.36.2');
if ('missing' in environment) console.warn(`Skipped, ${environment.missing}: what TensorBoard reads of a run`);
const itWithTensorboard = 'python' in environment ? it : it.skip;

/** As `tensorboard_reads.py` prints it. */
interface ReadByTensorboard {
  runs: string[];
  shown: Record<'scalars' | 'images' | 'histograms' | 'text', string[]>;
  scalars: Record<string, [step: number, time: number, value: number][]>;
  images: Record<string, [step: number, width: number, height: number, head: string][]>;
  histograms: Record<string, [step: number, count: number, min: number, max: number, inBuckets: number][]>;
  texts: Record<string, [step: number, text: string][]>;
}

jest.setTimeout(600_000);

describe('a run that was killed while SFT ran, and resumed', () => {
  const folder = aTemporaryFolder();
  const store = join(folder, 'store');
  let mlflow: LocalMlflow;
  let runId: string;

  beforeAll(async () => {
    mlflow = await startMlflow();
    const config = aSmallRunConfig(folder);
    appendFileSync(config, `trackers: [tensorboard, { name: mlflow, options: { url: '${mlflow.url}' } }]\n`);
    await riseRun(config, store, (event, child) => {
      if (event.kind === 'job-progress' && event.state === 'TrainSft') killGroup(child);
    });
    const { code, events, stderr } = await riseRun(config, store);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    runId = (events.at(-1) as unknown as { runId: string }).runId;
  });
  afterAll(() => mlflow.close());

  itWithTensorboard(
    'is read by TensorBoard itself: each step once, in order, with texts, images and histograms',
    () => {
      const { python } = environment as { python: string };
      const run = `${runId}/tensorboard`;
      const read = runPeer<ReadByTensorboard>(python, 'test/support/tensorboard_reads.py', join(store, 'runs'), run);
      expect(read.runs).toEqual([run]);
      const steps = read.scalars['sft/loss/sft'].map(([step]) => step);
      expect(steps).toEqual(Array.from({ length: steps.length }, (_, at) => at + 1));
      const times = read.scalars['sft/loss/sft'].map(([, time]) => time);
      expect(times).toEqual(times.toSorted((left, right) => left - right));
      expect(read.scalars['rl/reward/mean'].map(([step]) => step)).toEqual([1]);
      expect(read.scalars['evaluation/held-out/accuracy'].map(([step]) => step)).toEqual([0, 1, 2]);
      expect(read.shown.scalars).toEqual(Object.keys(read.scalars).toSorted());
      expect(read.shown.histograms).toEqual(['rl/advantages', 'rl/lengths', 'rl/rewards']);
      const [[step, trajectories, , , inBuckets]] = read.histograms['rl/rewards'];
      expect([step, trajectories, inBuckets]).toEqual([1, 16, 16]);
      expect(read.shown.text).toEqual([...[1, 2, 3, 4].map((at) => `rl/sample-${at}`), 'run/config', 'run/report']);
      expect(read.texts['rl/sample-1'][0][1]).toMatch(/^\*\*\d of 4 trajectories right\*\*\n\n```\n/);
      expect(read.shown.images).toEqual([1, 2, 3, 4].map((at) => `rl/sample-${at}/image-1`));
      expect(read.images['rl/sample-1/image-1']).toEqual([[1, 112, 112, '89504e470d0a1a0a']]);
      if (isTrained) expect(read.scalars['rl-step/policy/entropy'].map(([step]) => step)).toEqual([1, 2]);
    },
  );

  it('is one finished run of MLflow, each number once', () => {
    expect(mlflow.requests.filter((request) => request.endsWith('runs/create'))).toHaveLength(1);
    const places = mlflow.metrics.map(({ key, step }) => `${key} ${step}`);
    expect(places).toHaveLength(new Set(places).size);
    expect(places).toEqual(
      expect.arrayContaining(['rl/reward/mean 1', 'sft/loss/sft 1', 'evaluation/held-out/accuracy 2']),
    );
    expect(mlflow.artifacts).toContain('1/abc/artifacts/rl/sample-1/image-1/step-000001.png');
    expect(mlflow.status).toBe('FINISHED');
  });
});
