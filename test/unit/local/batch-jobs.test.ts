import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunEvent } from '../../../src/local/local-home.ts';
import { runMachine } from '../../../src/local/run-machine.ts';
import { packageRoot } from '../../../src/package-root.ts';
import { aBatchState, aLambdaState, aLocalHome, aMachine, type TestHome } from '../../support/local-machine.ts';

const input = (behaviour: string) => ({ runId: 'r', configKey: 'c', behaviour });
const runJob = (home: TestHome, behaviour = 'succeed', parameters = {}, job = 'train-sft') =>
  runMachine(home, aMachine({ Job: aBatchState(job, parameters) }), 'test', input(behaviour));

type Finished = RunEvent & { kind: 'job-finished' };
const finished = (home: TestHome) => home.events.filter((event): event is Finished => event.kind === 'job-finished');

describe('Batch jobs', () => {
  it('are child processes with the command and the input, and their progress is passed on', async () => {
    const home = aLocalHome();
    expect(await runJob(home)).toEqual(input('succeed'));
    const [{ summary, wasDone }] = finished(home);
    expect(wasDone).toBe(false);
    expect(summary).toMatchObject({ argument: 'train-sft', AWS_BATCH_JOB_ATTEMPT: '1' });
    expect(summary).not.toHaveProperty('AWS_BATCH_JOB_ARRAY_INDEX');
    expect(summary.pid).not.toBe(process.pid);
    const done = home.events.map((event) => (event.kind === 'job-progress' ? event.progress.done : []));
    expect(done.flat()).toEqual([1, 4]);
  });

  it('of an array run once per index', async () => {
    const home = aLocalHome();
    await runJob(home, 'succeed', { ArrayProperties: { Size: 3 } }, 'evaluate');
    expect(finished(home).map(({ summary }) => summary.AWS_BATCH_JOB_ARRAY_INDEX)).toEqual(['0', '1', '2']);
  });

  it('are not started when their manifest is there', async () => {
    const home = aLocalHome();
    await runJob(home);
    await runJob(home);
    expect(finished(home).map(({ wasDone }) => wasDone)).toEqual([false, true]);
    expect(home.events.filter(({ kind }) => kind === 'job-started')).toHaveLength(1);
  });

  it('of an array of one are refused, as on AWS', async () => {
    const run = runJob(aLocalHome(), 'succeed', { ArrayProperties: { Size: 1 } });
    await expect(run).rejects.toMatchObject({ name: 'Batch.ClientException' });
  });

  it('that fail are caught by name, with the exit code, the progress and the last words', async () => {
    const home = aLocalHome({ rescue: ({ error }: { error: unknown }) => error });
    const machine = aMachine({
      Job: aBatchState(
        'train-sft',
        {},
        { Catch: [{ ErrorEquals: ['Batch.JobFailed'], ResultPath: '$.error', Next: 'Rescue' }], End: true },
      ),
      Rescue: aLambdaState('rescue'),
    });
    expect(await runMachine(home, machine, 'test', input('fail'))).toEqual({
      Error: 'Batch.JobFailed',
      Cause: expect.stringMatching(/^train-sft ended with exit code 3 after test 1 of 4 prompts:\n(.*\n)*out of luck/),
    });
  });

  it('that fall silent are stopped, and the last progress is named', async () => {
    const home = aLocalHome({}, { heartbeatSeconds: 2 });
    await expect(runJob(home, 'hang')).rejects.toMatchObject({
      name: 'StalledError',
      message: expect.stringContaining('train-sft was silent for 2 s after test 1 of 4 prompts'),
    });
  });

  it('that exceed their time-out are stopped', async () => {
    const home = aLocalHome();
    const machine = aMachine({ Job: aBatchState('train-sft', {}, { TimeoutSeconds: 1, End: true }) });
    const started = Date.now();
    await expect(runMachine(home, machine, 'test', input('hang'))).rejects.toMatchObject({ name: 'States.Timeout' });
    expect(Date.now() - started).toBeLessThan(9_000);
  });

  it('are stopped with the run, and no Catch takes the interruption', async () => {
    const calls: string[] = [];
    const home = aLocalHome({ rescue: () => calls.push('rescue') });
    const machine = aMachine({
      Job: aBatchState('train-sft', {}, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rescue' }], End: true }),
      Rescue: aLambdaState('rescue'),
    });
    const run = runMachine(home, machine, 'test', input('hang'));
    const refused = expect(run).rejects.toMatchObject({ name: 'InterruptedError' });
    while (!home.events.some(({ kind }) => kind === 'job-progress')) await sleep(20);
    home.stop.abort();
    await refused;
    expect(calls).toEqual([]);
  });
});

it('a worker does not outlive a runner that was killed', async () => {
  const runner = spawn(process.execPath, [join(packageRoot, 'test/fixtures/local/runner.ts')]);
  const [line] = (await once(runner.stdout, 'data')) as [Buffer];
  const { pid } = JSON.parse(String(line)).metrics as { pid: number };
  expect(isAlive(pid)).toBe(true);
  runner.kill('SIGKILL');
  const deadline = Date.now() + 5_000;
  while (isAlive(pid) && Date.now() < deadline) await sleep(50);
  expect(isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
