import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { packageRoot } from '../../src/base/package-root.ts';
import { EXIT_CODES, STOP_GRACE_SECONDS } from '../../src/schema/job-attempts.ts';
import {
  checkpointPrefix,
  configKey,
  evaluationPrefix,
  iterationName,
  manifestKey,
  sftCheckpointPrefix,
  sftResumePrefix,
  trajectoriesPrefix,
} from '../../src/schema/keys.ts';
import type { JobName } from '../../src/schema/stages.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readConfig } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { type DockerEngine, startDockerEngine } from '../support/docker-engine.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { describeWithMoto } from '../support/moto-server.ts';
import { riseRun } from '../support/rise-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import {
  batchEnvironment,
  type EndedWorker,
  isOwnProgress,
  runWorkerContainer,
  type WorkerRun,
} from '../support/worker-container.ts';
import { buildWorkerImage } from '../support/worker-image.ts';

const BUCKET = 'rise-container';
const PROGRESS = '@progress ';
const SEQUENCES_PER_STEP = 2;
const folder = aTemporaryFolder();

const RUN = `
name: container
seed: 3
policy: { model: ${join(packageRoot, 'models/rise-tiny')} }
data:
  train: { kind: tasks, split: train, seed: 1, tiers: { read: 4, sum: 8 } }
  evaluation: { kind: tasks, split: evaluation, seed: 1, tiers: { read: 4, sum: 4 } }
sampling: { maxNewTokens: 32 }
rl: { iterations: 1, promptsPerIteration: 6, groupSize: 4, stepsPerIteration: 2, microBatchSequences: 4, optimizer: { learningRate: 1.0e-4 } }
diagnosis: { trajectoriesPerPrompt: 2 }
sft: { epochs: 240, sequencesPerStep: ${SEQUENCES_PER_STEP}, optimizer: { learningRate: 1.0e-4 } }
evaluation: { sampling: { maxNewTokens: 16 } }
compute: { rolloutShards: 2 }
`;

/** A job of the run, and the folder it leaves its work in. */
interface Job {
  name: JobName;
  arrayIndex?: number;
  input: object;
  prefix: string;
}

jest.setTimeout(900_000);

describeWithMoto('the containers of GPU jobs', (server) => {
  let engine: DockerEngine;
  let image: string;
  /** The same run, done by the local runner. */
  let local: Store;
  let runId: string;
  let buckets: S3;

  beforeAll(async () => {
    engine = await startDockerEngine();
    image = await buildWorkerImage(engine);
    writeFileSync(join(folder, 'run.yaml'), RUN);
    const { code, stderr } = await riseRun(join(folder, 'run.yaml'), join(folder, 'local'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    local = createLocalStore(join(folder, 'local'));
    [, runId] = (await local.list('runs/'))[0].split('/');
    buckets = new S3({ endpoint: server().endpoint, forcePathStyle: true });
    await buckets.createBucket({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } });
  }, 1_800_000);
  afterAll(async () => {
    buckets?.destroy();
    await engine?.stop();
  });

  const run = () => ({ runId, configKey: configKey(runId) });

  async function aRollout(shard: number): Promise<Job> {
    const { policy } = await readConfig(local, configKey(runId));
    const rollout = { rollout: iterationName(0), iteration: 0, policyVersion: 0, shardCount: 2 };
    return {
      name: 'rollout',
      arrayIndex: shard,
      input: { ...run(), ...rollout, policyPrefix: policy.model },
      prefix: trajectoriesPrefix(runId, iterationName(0), shard),
    };
  }

  const grpo = (): Job => ({
    name: 'train-rl',
    input: { ...run(), rollout: iterationName(0), iteration: 0, policyVersion: 0, shardCount: 2 },
    prefix: checkpointPrefix(runId, 0),
  });
  const diagnosed = () => ({ ...run(), policyVersion: 1 });
  const sft = (): Job => ({ name: 'train-sft', input: diagnosed(), prefix: sftCheckpointPrefix(runId) });
  const evaluation = (): Job => ({
    name: 'evaluate',
    arrayIndex: 2,
    input: diagnosed(),
    prefix: evaluationPrefix(runId, 'rise'),
  });

  let stores = 0;
  /** A store in the bucket with all of the run but what the job is to do. */
  async function aBucketBefore(job: Job): Promise<Store> {
    const store = openStore(`s3://${BUCKET}/${stores++}`);
    for (const key of await local.list('')) {
      if (!key.startsWith(job.prefix)) await store.write(key, await local.read(key));
    }
    return store;
  }

  function start(job: Job, store: Store, attempt: number, settings: Partial<WorkerRun> = {}): Promise<EndedWorker> {
    const environment = {
      ...batchEnvironment(attempt, job.arrayIndex),
      RISE_STORE: store.uri,
      RISE_INPUT: JSON.stringify(job.input),
      AWS_ENDPOINT_URL: server().endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...settings.environment,
    };
    return runWorkerContainer(engine, image, { command: job.name, ...settings, environment });
  }

  const read = async (store: Store, key: string) => String(await store.read(key));

  /** Without notes of what each attempt took, which the time names. */
  const keysOfRun = async (store: Store) => (await store.list('')).filter((key) => !key.includes('/attempts/'));

  /** Its hashes are those of every byte that the job is to leave. */
  async function expectDoneAsLocally(job: Job, store: Store): Promise<void> {
    const manifest = manifestKey(job.prefix);
    expect(await read(store, manifest)).toBe(await read(local, manifest));
    for (const key of (await local.list(job.prefix)).filter((path) => !path.endsWith('metrics.jsonl'))) {
      expect((await store.read(key)).equals(await local.read(key))).toBe(true);
    }
    expect(await keysOfRun(store)).toEqual(await keysOfRun(local));
  }

  /** No manifest, so nobody takes the work for done; and no upload is left open, which nobody would see or be rid of. */
  async function expectNothingHalfWritten(job: Job, store: Store): Promise<void> {
    expect(await store.exists(manifestKey(job.prefix))).toBe(false);
    expect((await buckets.listMultipartUploads({ Bucket: BUCKET })).Uploads ?? []).toEqual([]);
  }

  const fillMemory = (container: string) =>
    engine.docker('exec', container, 'sh', '-c', 'head -c 2G /dev/zero > /tmp/full').catch(() => {});

  it.each([
    ['rollout, as the second child of an array', () => aRollout(1)],
    ['train-rl', grpo],
    ['train-sft', sft],
    ['evaluate, as the third child of an array', evaluation],
  ])('%s does what the local runner does, byte by byte', async (_, describeJob) => {
    const job = await describeJob();
    const store = await aBucketBefore(job);
    const { code, output } = await start(job, store, 1);
    expect({ code, first: output[0] }).toEqual({ code: EXIT_CODES.done, first: `${job.name}: attempt 1 of 5` });
    await expectDoneAsLocally(job, store);
  });

  it('a job that is stopped in mid-training leaves a checkpoint, and its next attempt goes on from there', async () => {
    const job = sft();
    const store = await aBucketBefore(job);
    const onFirstProgress = (container: string) => engine.docker('stop', `--time=${STOP_GRACE_SECONDS}`, container);
    const { code, output } = await start(job, store, 1, { onFirstProgress });
    expect(code).toBe(EXIT_CODES.interrupted);
    const [, steps] = /^InterruptedError: stopped after (\d+) optimizer steps, in attempt 1 of 5/.exec(output.at(-1)!)!;
    await expectNothingHalfWritten(job, store);
    expect(await store.list(sftResumePrefix(runId))).toContainEqual(expect.stringMatching(/trainer-state\.json$/));

    const next = await start(job, store, 2);
    expect({ code: next.code, first: next.output[0] }).toEqual({ code: 0, first: 'train-sft: attempt 2 of 5' });
    const progress = next.output.find(isOwnProgress)!;
    expect(JSON.parse(progress.slice(PROGRESS.length)).done).toBe((Number(steps) + 1) * SEQUENCES_PER_STEP);
    await expectDoneAsLocally(job, store);
  });

  it('a job whose watchdog ends it is not held up by being the only process of its container', async () => {
    const onFirstProgress = (container: string) => engine.docker('kill', '--signal=ALRM', container);
    const { code } = await start(sft(), await aBucketBefore(sft()), 1, { onFirstProgress });
    expect(code).toBe(EXIT_CODES.stalled);
  });

  it('a job that runs out of memory in mid-training is killed, and done when it is given enough', async () => {
    const job = sft();
    const store = await aBucketBefore(job);
    const { code, isOutOfMemory } = await start(job, store, 1, {
      memory: '1g',
      // What a container has in /tmp counts as its memory.
      onFirstProgress: fillMemory,
    });
    expect({ code, isOutOfMemory }).toEqual({ code: 137, isOutOfMemory: true });
    await expectNothingHalfWritten(job, store);

    expect((await start(job, store, 2)).code).toBe(EXIT_CODES.done);
    await expectDoneAsLocally(job, store);
  });

  it.each([
    ['no store', { RISE_STORE: '' }, 'RISE_STORE'],
    ['input that is no JSON', { RISE_INPUT: '{' }, 'RISE_INPUT is no JSON'],
    ['input of another job', { RISE_INPUT: '{"runId":"r"}' }, 'configKey'],
    ['an attempt that is no number', { AWS_BATCH_JOB_ATTEMPT: 'first' }, 'AWS_BATCH_JOB_ATTEMPT'],
    ['a bucket that is not there', { RISE_STORE: 's3://rise-nowhere' }, 'there is no bucket rise-nowhere'],
  ])('an environment with %s ends it with 2, before it does anything', async (_, environment, fault) => {
    const job = grpo();
    const store = await aBucketBefore(job);
    const before = await store.list('');
    const { code, output } = await start(job, store, 1, { environment });
    expect({ code, output: output.join('\n') }).toEqual({
      code: EXIT_CODES.invalidInput,
      output: expect.stringContaining(fault),
    });
    expect(await store.list('')).toEqual(before);
  });

  it('a store that was never reached ends it with 1', async () => {
    const { code, output } = await start(grpo(), openStore(`s3://${BUCKET}/unreached`), 1, {
      environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    });
    expect(code).toBe(EXIT_CODES.failed);
    expect(output.at(-1)).toMatch(
      /^EndpointError: s3:.*cannot be reached .connect ECONNREFUSED 127.0.0.1:9, at the last of 8/,
    );
  });

  it('a store that goes away in mid-training ends it with 1, and the job can be done once it is back', async () => {
    const job = sft();
    const store = await aBucketBefore(job);
    const proxy = await startFaultyProxy(server().endpoint);
    const { code, output } = await start(job, store, 1, {
      environment: { AWS_ENDPOINT_URL: proxy.endpoint },
      onFirstProgress: () => proxy.stop(),
    });
    expect({ code, last: output.at(-1) }).toEqual({
      code: EXIT_CODES.failed,
      last: expect.stringMatching(/^EndpointError: /),
    });
    await expectNothingHalfWritten(job, store);

    expect((await start(job, store, 2)).code).toBe(EXIT_CODES.done);
    await expectDoneAsLocally(job, store);
  });
});
