import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { metricsKey, sftCheckpointPrefix } from '../../src/schema/keys.ts';
import { encodeRecords } from '../../src/store/records.ts';
import { createTrackers } from '../../src/trackers/index.ts';
import { trackFinished } from '../../src/trackers/track-run.ts';
import { finishWork } from '../support/finished-work.ts';
import { findPythonWith } from '../support/python-environment.ts';
import { runPeer } from '../support/run-peer.ts';
import { aRunConfig, aStoredRun, RUN_ID } from '../support/stored-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

/** As `mlflow_reads.py` prints it. */
interface ReadRun {
  name: string;
  status: string;
  params: Record<string, string>;
  metrics: Record<string, [step: number, value: number][]>;
  artifacts: string[];
}

const EXPERIMENT = 'peers';
const STEPS = [1, 2, 3].map((number) => ({ 'loss/sft': 1 / number, 'time/recordedAt': 1_700_000_000 + number }));

describe('a run told to a server of MLflow itself', () => {
  const folder = aTemporaryFolder();
  let server: ChildProcess;
  let url: string;
  let python: string;

  beforeAll(async () => {
    const environment = findPythonWith('mlflow==3.17.2');
    if ('missing' in environment) throw new Error(environment.missing);
    python = environment.python;
    const port = await aFreePort();
    url = `http://127.0.0.1:${port}`;
    server = spawn(
      join(dirname(python), 'mlflow'),
      ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'].concat(
        ...[
          '--backend-store-uri',
          `sqlite:///${folder}/mlflow.db`,
          '--artifacts-destination',
          join(folder, 'artifacts'),
        ],
      ),
      { stdio: 'ignore', detached: true, env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' } },
    );
    while (!(await fetch(`${url}/health`).catch(() => undefined))?.ok) await setTimeout(500);
  }, 900_000);
  afterAll(() => process.kill(-server.pid!, 'SIGKILL'));

  it('is there as MLflow reads it, and once, though it is told twice', async () => {
    const config = aRunConfig();
    const { store } = await aStoredRun(join(folder, 'store'), config);
    await store.write(metricsKey(sftCheckpointPrefix(RUN_ID)), encodeRecords(STEPS));
    await finishWork(store, sftCheckpointPrefix(RUN_ID));
    const context = { store, runId: RUN_ID, config, environment: () => undefined };
    for (let times = 0; times < 2; times++) {
      const [tracker] = createTrackers([{ name: 'mlflow', options: { url, experiment: EXPERIMENT } }], context);
      await trackFinished(context, tracker);
      await store.delete(tracker.trackedKey);
    }
    const [run, ...others] = runPeer<ReadRun[]>(python, 'test/support/mlflow_reads.py', url, EXPERIMENT);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ name: RUN_ID, status: 'RUNNING', artifacts: ['run/config/step-000000.md'] });
    expect(run.params).toMatchObject({ 'rl.groupSize': '4', 'policy.model': 'models/tiny/' });
    expect(run.metrics['sft/loss/sft']).toEqual(STEPS.map((step, at) => [at + 1, step['loss/sft']]));
  });
});

async function aFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
