import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Batch } from '@aws-sdk/client-batch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { type HistoryEvent, SFN } from '@aws-sdk/client-sfn';
import { resumeOnAws, startOnAws } from '../../src/aws/start-on-aws.ts';
import { readRunConfig } from '../../src/launch/read-run-config.ts';
import { checkpointPrefix, configKey, manifestKey, reportPrefix, summaryKey } from '../../src/schema/keys.ts';
import { openStore } from '../../src/store/open-store.ts';
import { aJobQueue, deployStacks, type JobRequest } from '../support/aws-deployment.ts';
import { aHistory, aRunInItsSecondIteration } from '../support/execution-history.ts';
import { type HistoryProxy, startHistoryProxy } from '../support/history-proxy.ts';
import { describeWithMoto } from '../support/moto-server.ts';
import { startRise as startCommand } from '../support/rise-command.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const contextFile = join(folder, 'cdk.context.json');
const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');

/** With a home of their own: nothing of this user's AWS configuration counts. */
const startRise = (args: string[], environment: NodeJS.ProcessEnv = {}) =>
  startCommand(args, { HOME: folder, ...environment });
const rise = (...args: string[]) => startRise(args).ended;
const silent = { onUpload: () => {}, onFinding: () => {} };
const riseJson = async (...args: string[]) => JSON.parse((await rise(...args, '--json')).stdout);

/** A config whose model and dataset lie beside it. */
function aConfigFile(name: string): string {
  const home = mkdtempSync(join(folder, 'config-'));
  mkdirSync(join(home, 'model'));
  writeFileSync(join(home, 'model/config.json'), '{}');
  writeFileSync(join(home, 'train.jsonl'), '{"id": "1", "question": "1 + 1?", "answer": "2"}\n');
  const source = '{ kind: dataset, path: train.jsonl }';
  const optimizer = 'optimizer: { learningRate: 0.001 }';
  const yaml = [
    `name: ${name}`,
    'policy: { model: model }',
    `data: { train: ${source}, evaluation: ${source} }`,
    'sampling: { maxNewTokens: 8 }',
    `rl: { iterations: 2, promptsPerIteration: 1, groupSize: 2, ${optimizer} }`,
    `sft: { epochs: 1, ${optimizer} }`,
  ];
  writeFileSync(join(home, 'run.yaml'), yaml.join('\n'));
  return join(home, 'run.yaml');
}

describeWithMoto('the commands on AWS', (server) => {
  const bucket = `rise-${randomUUID()}`;
  const store = openStore(`s3://${bucket}`);
  let proxy: HistoryProxy;
  let submit: (request: JobRequest) => Promise<string>;
  let stepFunctions: SFN;
  let stateMachineArn: string;

  beforeAll(async () => {
    proxy = await startHistoryProxy(server().endpoint);
    process.env.AWS_ENDPOINT_URL = proxy.endpoint;
  });
  afterAll(() => proxy.stop());

  /** An execution that goes on until it is stopped, and its history. */
  const anExecution = async (runId: string, events: readonly HistoryEvent[]) => {
    const input = JSON.stringify({ runId, configKey: configKey(runId) });
    const { executionArn } = await stepFunctions.startExecution({ stateMachineArn, name: `${runId}-1`, input });
    proxy.histories.set(executionArn!, events);
    return executionArn!;
  };

  it('say what to do where nothing is deployed, and where CDK is not bootstrapped', async () => {
    const [status, deploy] = await Promise.all([rise('status'), rise('deploy', '--yes')]);
    expect(status).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/RiseData is not in eu-central-1 .* rise deploy/),
    });
    expect(deploy).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/CDK bootstrap: not in eu-central-1 .* npx cdk bootstrap/),
    });
  });

  it('say what to do without credentials, and without a region', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_EC2_METADATA_DISABLED: 'true' };
    const [credentials, profile, region] = await Promise.all([
      startRise(['status'], none).ended,
      rise('status', '--profile', 'nobody'),
      startRise(['status'], { AWS_REGION: undefined }).ended,
    ]);
    expect(credentials).toMatchObject({ code: 1, stderr: expect.stringMatching(/^No valid AWS credentials \(/) });
    expect(profile).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No valid AWS credentials of profile nobody/),
    });
    expect(region).toMatchObject({ code: 1, stderr: expect.stringMatching(/^No AWS region is set/) });
  });

  describe('with both stacks', () => {
    beforeAll(async () => {
      await deployStacks(bucket);
      submit = await aJobQueue(server().endpoint);
      stepFunctions = new SFN({});
      stateMachineArn = (await stepFunctions.listStateMachines({})).stateMachines![0].stateMachineArn!;
    });

    it('start a run once, stop it, and resume it as the next execution of the same run', async () => {
      const config = aConfigFile('first');
      const started = await riseJson('start', config, '--aws');
      const { runId, executionArn } = started;
      expect(started).toMatchObject({ outcome: 'started', attempt: 1 });
      expect(started.consoleUrl).toBe(
        `https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/${executionArn}`,
      );
      const startAgain = async () => startOnAws(await readRunConfig(config), dirname(config), { contextFile }, silent);
      expect(await startAgain()).toMatchObject({ outcome: 'running', execution: { arn: executionArn } });
      const stored = JSON.parse((await store.read(configKey(runId))).toString());
      expect(await store.list(stored.policy.model)).toEqual([`${stored.policy.model}config.json`]);
      expect(await store.exists(stored.data.train.path)).toBe(true);

      expect(await riseJson('stop', runId)).toEqual({ runId, outcome: 'stopped', cancelledJobs: [] });
      await expect(startAgain()).rejects.toThrow(`ended as ABORTED; go on with rise resume ${runId}`);
      expect(await riseJson('resume', runId)).toMatchObject({ outcome: 'started', attempt: 2 });
      expect(await resumeOnAws(runId, {})).toMatchObject({ outcome: 'running', execution: { attempt: 2 } });
      const { runs } = await riseJson('status');
      expect(runs).toMatchObject([
        { runId, attempt: 2, status: 'RUNNING' },
        { runId, attempt: 1, status: 'ABORTED' },
      ]);
      const [first, second] = await Promise.all(
        runs.map(({ arn }: { arn: string }) => stepFunctions.describeExecution({ executionArn: arn })),
      );
      expect(second.input).toBe(first.input);
    });

    it('give one execution to two commands that start the same run at once', async () => {
      const config = aConfigFile('raced');
      const start = async () => startOnAws(await readRunConfig(config), dirname(config), { contextFile }, silent);
      const [left, right] = await Promise.all([start(), start()]);
      expect(left.execution.arn).toBe(right.execution.arn);
    });

    it('cancel the jobs of a run that is stopped', async () => {
      const jobId = await submit({ jobName: 'train-sft', waits: true });
      await anExecution('stopped', aHistory().begin('TrainSft', { jobId }).events);
      expect((await rise('stop', 'stopped')).stdout).toBe(
        `run stopped is stopped\n  cancelled job ${jobId}\nnext  rise resume stopped\n`,
      );
      const { jobs } = await new Batch({}).describeJobs({ jobs: [jobId] });
      expect(jobs![0].statusReason).toBe('stopped by rise stop');
    });

    it('start nothing without --aws, and resume nothing that was never started', async () => {
      const [start, resume] = await Promise.all([rise('start', aConfigFile('unmeant')), rise('resume', 'unknown')]);
      expect(start).toMatchObject({ code: 1, stderr: expect.stringContaining('--aws, or use rise run') });
      expect(resume).toMatchObject({ code: 1, stderr: expect.stringMatching(/run unknown is not in s3:/) });
    });

    it('tell stages, jobs, reward and cost of a run', async () => {
      const [rollout, training] = [
        await submit({ jobName: 'rollout', arraySize: 2 }),
        await submit({ jobName: 'train-rl' }),
      ];
      const events = aRunInItsSecondIteration({ rollout1: rollout, train1: training, rollout2: 'forgotten' }).events;
      await anExecution('told', events);
      const summary = { rewardMean: 0.5, accuracyMean: 0.4, groups: 1 };
      await store.write(manifestKey(checkpointPrefix('told', 0)), JSON.stringify({ summary }));

      const status = await riseJson('status', 'told');
      expect(status).toMatchObject({
        runId: 'told',
        status: 'RUNNING',
        iterations: 2,
        rewards: [{ iteration: 0, rewardMean: 0.5, accuracyMean: 0.4 }],
        cost: { gpuHours: expect.any(Number), usd: expect.any(Number), forgottenJobs: 1 },
      });
      expect(status.stages).toHaveLength(7);
      expect(status.stages[2].jobs).toMatchObject([{ jobId: rollout, status: 'SUCCEEDED' }]);
      expect(status.stages[4].jobs).toMatchObject([{ jobId: training, status: 'SUCCEEDED' }]);
      expect((await rise('status', 'told')).stdout).toMatch(
        /iteration 2\/2 RolloutShards .*\n(.*\n)*reward {3}iteration 1: reward 0.500/,
      );
    });

    it('say why an item of a Map failed, which the Map does not', async () => {
      const cause = 'The specified tolerated failure threshold was exceeded';
      const error = 'States.ExceedToleratedFailureThreshold';
      const history = aHistory().begin('Score').fail('Score', error, cause);
      await anExecution('unscored', history.caught().events);
      const itemCause = JSON.stringify({
        errorType: 'CorruptRecordError',
        errorMessage: 'records.jsonl:1 is no record',
      });
      const mapRun = 'arn:aws:states:eu-central-1:1:mapRun:Score';
      proxy.failedItems.set(mapRun, { error: 'CorruptRecordError', cause: itemCause });
      expect((await rise('status', 'unscored')).stdout).toContain(
        `${error}: ${cause}; one item: CorruptRecordError: records.jsonl:1 is no record`,
      );
    });

    it('watch a run to its end, and end as it does', async () => {
      const executionArn = await anExecution('watched', aRunInItsSecondIteration().events);
      const cause = JSON.stringify({ JobName: 'rollout', StatusReason: 'Host EC2 (instance i-1) terminated.' });
      const watching = startRise(['watch', 'watched', '--interval', '1']);
      await new Promise<void>((resolve) => watching.child.stdout.once('data', () => resolve()));
      const failed = aRunInItsSecondIteration().fail('RolloutShards', 'States.TaskFailed', cause).caught();
      proxy.histories.set(executionArn, failed.end('ExecutionFailed').events);
      await stepFunctions.stopExecution({ executionArn });
      expect(await watching.ended).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /RolloutShards failed: States.TaskFailed: job rollout: Host EC2 .*\nGo on with rise resume watched/,
        ),
      });
    });

    it('print what the last job said', async () => {
      const jobId = await submit({ jobName: 'train-sft' });
      await anExecution('logged', aHistory().begin('TrainSft', { jobId }).events);
      const { jobs } = await new Batch({}).describeJobs({ jobs: [jobId] });
      const stream = { logGroupName: '/aws/batch/job', logStreamName: jobs![0].container!.logStreamName! };
      const logs = new CloudWatchLogs({});
      await logs.createLogGroup({ logGroupName: stream.logGroupName });
      await logs.createLogStream(stream);
      await logs.putLogEvents({ ...stream, logEvents: [{ timestamp: Date.now(), message: 'loss 0.5\x1b[2J\n' }] });
      expect((await rise('logs', 'logged')).stdout).toMatch(/^\S+Z train-sft {2}loss 0\.5\n$/);
      expect(await riseJson('logs', 'logged')).toMatchObject({
        job: 'train-sft',
        message: expect.stringContaining('loss 0.5'),
      });
    });

    it('download what a run has made', async () => {
      const bytes = 'the report';
      const part = { key: `${reportPrefix('made')}report.txt`, bytes: bytes.length, sha256: sha256(bytes) };
      const manifest = { stage: 'report', runId: 'made', parts: [part], summary: {}, seed: 1, versions: {} };
      await store.write(part.key, bytes);
      await store.write(manifestKey(reportPrefix('made')), JSON.stringify(manifest));
      await store.write(summaryKey('made'), '{}');
      const out = join(folder, 'made');
      const [missing, made] = await Promise.all([
        rise('download', 'made', 'checkpoint', '--out', out),
        rise('download', 'made', 'report', '--out', out),
      ]);
      expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('has no checkpoint') });
      expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('1 files, 10 B, every sha256 right') });
      expect(readFileSync(join(out, 'report/report.txt'), 'utf8')).toBe(bytes);
    });
  });
});
