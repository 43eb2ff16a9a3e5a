import { SFN } from '@aws-sdk/client-sfn';
import type { AwsClients } from '../../../src/aws/clients.ts';
import { listRuns, resumeRun, startRun } from '../../../src/aws/executions.ts';
import { watchRun } from '../../../src/aws/watch-run.ts';
import { renderBudgetStop } from '../../../src/cli/views/render-budget.ts';
import { renderExecutions } from '../../../src/cli/views/render-run.ts';
import { BudgetStop } from '../../../src/schema/budget.ts';
import { configKey } from '../../../src/schema/keys.ts';
import { startEmulatorProxy } from '../../support/emulator-proxy.ts';

const runId = 'run-1';
const MACHINE = 'arn:aws:states:eu-central-1:1:stateMachine:rise';
const ARN = 'arn:aws:states:eu-central-1:1:execution:rise:run-1-1';
const input = { runId, configKey: configKey(runId) };
const STOP = BudgetStop.parse({
  ...input,
  stopped: 'budget',
  outcome: 'stopped',
  next: 'iteration 3',
  budget: { usd: 5, hours: 0.01 },
  spent: { usd: 4.5, hours: 0.00621 },
  needed: { usd: 1.004, hours: 0.00452 },
  checkedAt: '2026-11-29T00:00:00.000Z',
});

describe('a run that has stopped at its budget', () => {
  let server: Awaited<ReturnType<typeof startEmulatorProxy>>;
  let started: unknown[] = [];
  let output: object = STOP;

  beforeAll(async () => {
    const execution = { executionArn: ARN, name: 'run-1-1', status: 'SUCCEEDED', startDate: 0, stopDate: 9 };
    const answers: Record<string, (request: unknown) => object> = {
      ListExecutions: () => ({ executions: [execution] }),
      DescribeExecution: () => ({ ...execution, output: JSON.stringify(output) }),
      StartExecution(request) {
        started.push(request);
        return { executionArn: ARN.replace(/1$/, '2'), startDate: 10 };
      },
    };
    server = await startEmulatorProxy('http://127.0.0.1:9', ({ headers }, text) => {
      const operation = String(headers['x-amz-target']).replace('AWSStepFunctions.', '');
      const body = JSON.stringify(answers[operation](JSON.parse(text)));
      return { status: 200, contentType: 'application/x-amz-json-1.0', body };
    });
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    started = [];
    output = STOP;
  });

  const aws = () =>
    ({
      stepFunctions: new SFN({
        endpoint: server.endpoint,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      }),
    }) as AwsClients;

  it('goes on with its next execution; one that is done does not', async () => {
    expect(await resumeRun(aws(), MACHINE, input)).toMatchObject({ outcome: 'started', execution: { attempt: 2 } });
    expect(started).toMatchObject([{ name: 'run-1-2', input: JSON.stringify(input) }]);
    output = { runId, durationSeconds: 1 };
    expect(await resumeRun(aws(), MACHINE, input)).toMatchObject({ outcome: 'succeeded', execution: { attempt: 1 } });
  });

  it('is not started again', async () => {
    await expect(startRun(aws(), MACHINE, input)).rejects.toThrow(
      'run run-1 was started before and stopped at its budget; go on with rise resume run-1',
    );
  });

  it('is told from one that is done in the list of runs', async () => {
    const rowOf = async () => renderExecutions(await listRuns(aws(), MACHINE));
    expect(await rowOf()).toMatch(/^run-1 {2}attempt 1 {2}stopped: budget {2}1970/);
    output = { runId, durationSeconds: 1 };
    expect(await rowOf()).toMatch(/^run-1 {2}attempt 1 {2}SUCCEEDED {8}1970/);
  });

  it('is watched to that end, which is not a failure', async () => {
    const watch = (stopped?: BudgetStop) =>
      watchRun({ observe: async () => ({ status: 'SUCCEEDED', stopped }) as never }, () => {}, 1);
    expect(await watch(STOP)).toBe('stopped');
    expect(await watch()).toBe('done');
  });

  it('says what it had spent, what comes next needs, and how to go on', () => {
    expect(renderBudgetStop(STOP, 'rise resume run-1').split('\n')).toEqual([
      'run run-1 has stopped at its budget, before iteration 3',
      '  spent   0.00621 h  4.50 USD',
      '  needed  0.00452 h  1.00 USD  for what comes next',
      '  budget  0.0100 h   5.00 USD',
      'go on with  rise resume run-1 --budget-hours 0.0108 --budget-usd 5.51  or more',
    ]);
    const free = { ...STOP, budget: { hours: 2 }, spent: { usd: 0, hours: 1.5 }, needed: { usd: 0, hours: 0.75 } };
    expect(renderBudgetStop(free, 'rise run x.yaml').split('\n').slice(1)).toEqual([
      '  spent   1.50 h   0.00 USD',
      '  needed  0.750 h  0.00 USD  for what comes next',
      '  budget  2.00 h   any cost',
      'go on with  rise run x.yaml --budget-hours 2.25  or more',
    ]);
  });
});
