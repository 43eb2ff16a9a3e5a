import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { Lambda } from '@aws-sdk/client-lambda';
import { SFN } from '@aws-sdk/client-sfn';
import { createRunObserver, type ObservedStage, type RunStatus } from '../../src/aws/observe-run.ts';
import { type AwsContext, withDeployment } from '../../src/aws/with-deployment.ts';
import type { Finding } from '../../src/base/finding.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { prepareRun } from '../../src/launch/prepare-run.ts';
import { readRunConfig } from '../../src/launch/read-run-config.ts';
import { failureKey } from '../../src/schema/keys.ts';
import { Manifest } from '../../src/schema/manifest.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { startRise } from '../support/rise-command.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import { describeOnAccount } from './support/account.ts';
import {
  aConfigFile,
  aConfigFileWithData,
  aLongTrainingConfigFile,
  aPipelinedConfigFile,
} from './support/run-configs.ts';

const folder = aTemporaryFolder();
/** On an account that outlives the tests, runs of another time have other names. */
const session = Date.now().toString(36);

const rise = (...args: string[]) => startRise(args).ended;
const onAws = <T>(work: (context: AwsContext) => Promise<T>) => withDeployment({}, work);

/** Looks at a run until it is as wanted; throws when it ends before. */
async function until<T>(runId: string, find: (run: RunStatus) => T | undefined): Promise<T> {
  return onAws(async ({ aws, store, deployment }) => {
    const observer = createRunObserver(aws, store, deployment, runId);
    for (;;) {
      const run = await observer.observe();
      const found = find(run);
      if (found !== undefined) return found;
      if (run.status !== 'RUNNING') throw new Error(`${runId} ended as ${run.status}: ${JSON.stringify(run.stages)}`);
      await sleep(500);
    }
  });
}

const stageOf = ({ stages }: RunStatus, state: string): ObservedStage | undefined =>
  stages.findLast((stage) => stage.state === state);
/** The job of a state, once it runs. */
const runningJob = (state: string) => (run: RunStatus) =>
  stageOf(run, state)?.jobs.find(({ status, children }) => status === 'RUNNING' || children?.RUNNING)?.jobId;

/** Every manifest of a run by its key; each part is held to its hash on the way. */
async function readManifests(store: Store, runId: string): Promise<Record<string, string>> {
  const prefixes = await Promise.all([store.list(`runs/${runId}/`), store.list(`trajectories/${runId}/`)]);
  const manifests: Record<string, string> = {};
  for (const key of prefixes.flat().filter((each) => each.endsWith('manifest.json'))) {
    manifests[key] = (await store.read(key)).toString();
    for (const part of Manifest.parse(JSON.parse(manifests[key])).parts) {
      const sha256 = createHash('sha256')
        .update(await store.read(part.key))
        .digest('hex');
      expect({ key: part.key, sha256 }).toEqual({ key: part.key, sha256: part.sha256 });
    }
  }
  return manifests;
}

/** What `rise run` makes of the same run on this machine. */
async function manifestsOfLocalRun(config: string, runId: string): Promise<Record<string, string>> {
  const store = join(folder, runId);
  const ran = await rise('run', config, '--run-id', runId, '--store', store, '--quiet');
  expect(ran).toMatchObject({ code: 0 });
  return readManifests(openStore(store), runId);
}

/** Of a run's manifests, those that it is for. */
const RESULTS = ['sft-shards', 'sft/checkpoint', 'evaluation/base', 'evaluation/rl', 'evaluation/rise', 'report'];

async function expectTheLocalRun(config: string, runId: string): Promise<void> {
  const local = await manifestsOfLocalRun(config, runId);
  const results = RESULTS.map((name) => `runs/${runId}/${name}/manifest.json`);
  expect(Object.keys(local)).toEqual(expect.arrayContaining(results));
  expect(await onAws(({ store }) => readManifests(store, runId))).toEqual(local);
}

describeOnAccount('the deployed pipeline', (account) => {
  let deployed: { bucket: string; stateMachineArn: string };

  beforeAll(async () => {
    const { code, stdout, stderr } = await rise('deploy', '--yes', '--json', ...account().context);
    if (code !== 0) throw new Error(`rise deploy ended with ${code}:\n${stderr}`);
    deployed = JSON.parse(stdout);
  });

  it('starts no run before its image is there, and lacks nothing that it can tell once rise image has been', async () => {
    const path = [account().dockerFolder, process.env.PATH].filter(Boolean).join(delimiter);
    const startEarly = await rise('start', aConfigFile(folder, 2), '--aws', '--run-id', `early-${session}`);
    if (account().dockerFolder) {
      expect(startEarly).toMatchObject({ code: 1, stderr: expect.stringMatching(/Worker image: .*run rise image/) });
    }
    const image = await startRise(['image', '--json'], { PATH: path }).ended;
    expect(image).toMatchObject({ code: 0 });
    expect(JSON.parse(image.stdout)).toMatchObject({ tag: expect.stringMatching(/^sources-/), next: 'start' });

    const { findings } = JSON.parse((await rise('doctor', '--aws', '--json')).stdout);
    const isInOrder = (name: string) =>
      findings.some((finding: Finding) => finding.name === name && finding.remedy === undefined);
    const names = [
      'Credentials',
      'CDK bootstrap',
      'rollout instances',
      'All G and VT Spot Instance Requests',
      'Worker image',
    ];
    expect(names.filter((name) => !isInOrder(name))).toEqual([]);
  });

  it('is there with every resource, and rise deploy says where', async () => {
    const cloudFormation = new CloudFormation({});
    for (const StackName of ['RiseData', 'RisePipeline']) {
      const { StackResources = [] } = await cloudFormation.describeStackResources({ StackName });
      expect(StackResources.length).toBeGreaterThan(0);
      expect(
        StackResources.filter(({ ResourceStatus }) => !/^(CREATE|UPDATE)_COMPLETE$/.test(ResourceStatus!)),
      ).toEqual([]);
    }
    expect(deployed).toMatchObject({
      bucket: expect.stringContaining('risedata-'),
      stateMachineArn: expect.stringContaining(':stateMachine:'),
    });
  });

  it('goes on from every state as its definition means, whatever happens in it', async () => {
    const script = join(packageRoot, 'scripts/account/check-account.ts');
    // It exits with 1 where a case is wrong. Not waited for in place: LocalStack, whose log is read here, would wait too.
    const run = promisify(execFile)(process.execPath, [script], { env: process.env });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBeGreaterThan(100);
    const wrong = lines.filter((line) => line.startsWith('WRONG'));
    // LocalStack's TestState takes no Parallel state.
    const isLacking = (line: string) => account().dockerFolder !== undefined && line.includes('StateType.Parallel');
    expect(wrong.filter((line) => !isLacking(line))).toEqual([]);
  });

  it('runs two executions at once, each to what the local runner makes', async () => {
    const [left, right] = [`left-${session}`, `right-${session}`];
    const [leftConfig, rightConfig] = [aConfigFile(folder, 3), aPipelinedConfigFile(folder, 4)];
    const { input } = await prepareRun(
      openStore(`s3://${deployed.bucket}`),
      await readRunConfig(leftConfig),
      folder,
      left,
    );
    const request = { stateMachineArn: deployed.stateMachineArn, name: `${left}-1`, input: JSON.stringify(input) };
    await new SFN({}).startExecution(request);
    expect(await rise('start', rightConfig, '--aws', '--run-id', right)).toMatchObject({ code: 0 });

    const watched = await Promise.all([left, right].map((runId) => rise('watch', runId, '--interval', '2')));
    expect(watched.map(({ code }) => code)).toEqual([0, 0]);
    expect(watched[0].stdout).toMatch(/iteration 1\/1 RolloutShards {2}done[\s\S]*Evaluate {2}done[\s\S]*SUCCEEDED\n$/);
    await expectTheLocalRun(leftConfig, left);
    await expectTheLocalRun(rightConfig, right);

    expect((await rise('status', left)).stdout).toMatch(/SUCCEEDED[\s\S]*reward {3}iteration 1: [\s\S]*cost .* USD/);
    expect((await rise('logs', left)).stdout).toMatch(
      /evaluate\[0\] {2}evaluate: attempt 1 of 5\n[\s\S]*evaluate\[2\]/,
    );
    const out = join(folder, 'downloaded');
    expect(await rise('download', left, '--out', out)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('every sha256 right'),
    });
  });

  it('begins a reclaimed job again, records the one that fails for good, and goes on once it is resumed', async () => {
    const runId = `failing-${session}`;
    const config = await aConfigFileWithData(folder, 5);
    await rise('start', config, '--aws', '--run-id', runId);
    const rollout = await until(runId, runningJob('Rollout'));
    account().reclaimHostOf?.(rollout);
    const training = await until(runId, runningJob('TrainRl'));
    await onAws(({ aws }) => aws.batch.terminateJob({ jobId: training, reason: 'ended by hand' }));

    const watched = await rise('watch', runId, '--interval', '1');
    expect(watched).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /TrainRl failed: States.TaskFailed: job train-rl: ended by hand.*\n.*rise logs failing-/,
      ),
    });
    const failure = await onAws(({ store }) => store.read(failureKey(runId)));
    expect(JSON.parse(failure.toString())).toMatchObject({
      runId,
      error: 'States.TaskFailed',
      cause: expect.stringContaining('ended by hand'),
      executionId: expect.stringContaining(`:${runId}-1`),
    });
    const said = await rise('logs', runId, '--job', rollout);
    expect(said.stdout).toContain(account().reclaimHostOf ? 'rollout attempt 2' : 'rollout: attempt 1');

    expect(await rise('resume', runId)).toMatchObject({ code: 0 });
    expect(await rise('watch', runId, '--interval', '2')).toMatchObject({ code: 0 });
    await expectTheLocalRun(config, runId);
  });

  it('waits where Lambda throttles, ends its jobs when it is stopped, and goes on once it is resumed', async () => {
    const runId = `stopped-${session}`;
    const config = aLongTrainingConfigFile(folder, 6);
    const lambda = new Lambda({});
    const { StackResources = [] } = await new CloudFormation({}).describeStackResources({ StackName: 'RisePipeline' });
    const planning = StackResources.find(
      ({ ResourceType, LogicalResourceId }) =>
        ResourceType === 'AWS::Lambda::Function' && LogicalResourceId!.startsWith('plan'),
    );
    const FunctionName = planning!.PhysicalResourceId!;
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 });
    await rise('start', config, '--aws', '--run-id', runId);
    const throttled = await until(runId, (run) => stageOf(run, 'Plan')?.error);
    expect(throttled.name).toBe('Lambda.TooManyRequestsException');
    await lambda.deleteFunctionConcurrency({ FunctionName });

    const training = await until(runId, runningJob('TrainSft'));
    expect(JSON.parse((await rise('stop', runId, '--json')).stdout)).toEqual({
      runId,
      outcome: 'stopped',
      cancelledJobs: [training],
    });
    const stopped = await rise('status', runId, '--json');
    expect(JSON.parse(stopped.stdout)).toMatchObject({ status: 'ABORTED', attempt: 1 });

    expect(await rise('resume', runId)).toMatchObject({ code: 0 });
    expect(await rise('watch', runId, '--interval', '2')).toMatchObject({ code: 0 });
    await expectTheLocalRun(config, runId);
  });
});
