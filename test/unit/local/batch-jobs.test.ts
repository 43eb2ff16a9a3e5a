import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../src/base/package-root.ts';
import type { RunEvent } from '../../../src/local/local-home.ts';
import { runMachine } from '../../../src/local/run-machine.ts';
import { JOB_ATTEMPTS } from '../../../src/schema/job-attempts.ts';
import { manifestKey, trajectoriesPrefix } from '../../../src/schema/keys.ts';
import { HANG_MILLISECONDS } from '../../fixtures/local/job.ts';
import { aBatchState, aLambdaState, aLocalHome, aMachine, type TestHome } from '../../support/local-machine.ts';

const input = (behaviour: string) => ({ runId: 'r', configKey: 'c', policyVersion: 1, behaviour });
const runJob = (home: TestHome, behaviour = 'succeed', parameters = {}, job = 'train-sft') =>
  runMachine(home, aMachine({ Job: aBatchState(job, parameters) }), 'test', input(behaviour));

type Finished = RunEvent & { kind: 'job-finished' };
const attempts = (home: TestHome) =>
  home.events.flatMap((event) => (event.kind === 'job-started' ? event.attempt : []));
const finished = (home: TestHome) => home.events.filter((event): event is Finished => event.kind === 'job-finished');

describe('Batch jobs', () => {
  it('run in another process with the command and the input, and their progress is passed on', async () => {
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

  it('that follow one another share a process, until one of them fails', async () => {
    const home = aLocalHome();
    const machine = aMachine({
      First: aBatchState('train-sft', {}, { InputPath: '$.first', Next: 'Second' }),
      Second: aBatchState('train-sft', {}, { InputPath: '$.second', Next: 'Third' }),
      Third: aBatchState('train-sft', {}, { InputPath: '$.third', End: true }),
    });
    const job = (runId: string, behaviour = 'succeed') => ({ ...input(behaviour), runId });
    await runMachine(home, machine, 'test', { first: job('1'), second: job('2'), third: job('3', 'stopped once') });
    const [first, second, third] = finished(home).map(({ summary }) => summary.pid);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(isAlive(first as number)).toBe(false);
  });

  it('find another process when the one that waits is killed', async () => {
    const home = aLocalHome();
    await runJob(home);
    const [{ summary }] = finished(home);
    process.kill(summary.pid as number, 'SIGKILL');
    while (isAlive(summary.pid as number)) await sleep(20);
    await runMachine(home, aMachine({ Job: aBatchState('train-sft') }), 'test', { ...input('succeed'), runId: 's' });
    expect(finished(home)).toHaveLength(2);
  });

  it('that are killed say by what', async () => {
    const message = expect.stringMatching(/^train-sft was killed by SIGKILL after test 1 of 4 prompts/);
    await expect(runJob(aLocalHome(), 'die')).rejects.toMatchObject({ name: 'States.TaskFailed', message });
  });

  it('are not started when their manifest is there', async () => {
    const home = aLocalHome();
    await runJob(home);
    await runJob(home);
    expect(finished(home).map(({ wasDone }) => wasDone)).toEqual([false, true]);
    expect(home.events.filter(({ kind }) => kind === 'job-started')).toHaveLength(1);
  });

  it.each([1, 10_001])('of an array of %d are refused, as on AWS', async (Size) => {
    const run = runJob(aLocalHome(), 'succeed', { ArrayProperties: { Size } });
    await expect(run).rejects.toMatchObject({ name: 'Batch.ClientException' });
  });

  it('of an array are 10,000 at most', async () => {
    const home = aLocalHome();
    const job = { ...input('succeed'), rollout: 'diagnosis', iteration: 0, policyVersion: 0, policyPrefix: 'm/' };
    const manifest = JSON.stringify({ stage: 'rollout', runId: 'r', parts: [], summary: {}, seed: 0, versions: {} });
    for (let index = 0; index < 10_000; index++) {
      const path = join(fileURLToPath(home.store.uri), manifestKey(trajectoriesPrefix('r', 'diagnosis', index)));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, manifest);
    }
    const machine = aMachine({ Job: aBatchState('rollout', { ArrayProperties: { Size: 10_000 } }) });
    await runMachine(home, machine, 'test', { ...job, shardCount: 10_000 });
    expect(finished(home).map(({ arrayIndex }) => arrayIndex)).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  });

  it('that were stopped from outside are begun again', async () => {
    const home = aLocalHome();
    await runJob(home, 'stopped once');
    expect(finished(home).map(({ summary }) => summary.AWS_BATCH_JOB_ATTEMPT)).toEqual(['2']);
    expect(attempts(home)).toEqual([1, 2]);
  });

  it('that are stopped time and again fail with the last attempt', async () => {
    const home = aLocalHome();
    const message = expect.stringContaining('ended with exit code 143');
    await expect(runJob(home, 'stopped')).rejects.toMatchObject({ name: 'States.TaskFailed', message });
    expect(attempts(home)).toEqual(Array.from({ length: JOB_ATTEMPTS }, (_, i) => i + 1));
  });

  it('that fail of themselves are not begun again', async () => {
    const home = aLocalHome();
    await expect(runJob(home, 'fail')).rejects.toMatchObject({ name: 'States.TaskFailed' });
    expect(attempts(home)).toEqual([1]);
  });

  it('in a branch are stopped when another branch fails, and its failure is the one that is told', async () => {
    const home = aLocalHome({ rescue: ({ error }: { error: { Cause: string } }) => error.Cause });
    const branch = (path: string) => aMachine({ [path]: aBatchState('train-sft', {}, { InputPath: path, End: true }) });
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.error', Next: 'Rescue' }];
    const machine = aMachine({
      Both: { Type: 'Parallel', Branches: [branch('$.hanging'), branch('$.failing')], Catch, End: true },
      Rescue: aLambdaState('rescue'),
    });
    const jobs = { hanging: { ...input('hang'), runId: 'h' }, failing: input('fail') };
    expect(await runMachine(home, machine, 'test', jobs)).toContain('ended with exit code 3');
    const failures = home.events.filter(({ kind }) => kind === 'state-failed');
    expect(failures).toEqual([expect.objectContaining({ state: '$.failing' })]);
    const pids = home.events.flatMap((event) => (event.kind === 'job-progress' ? event.progress.metrics!.pid : []));
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('that fail are caught by name, with the exit code, the progress and the last words', async () => {
    const home = aLocalHome({ rescue: ({ error }: { error: unknown }) => error });
    const machine = aMachine({
      Job: aBatchState(
        'train-sft',
        {},
        { Catch: [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.error', Next: 'Rescue' }], End: true },
      ),
      Rescue: aLambdaState('rescue'),
    });
    expect(await runMachine(home, machine, 'test', input('fail'))).toEqual({
      Error: 'States.TaskFailed',
      Cause: expect.stringMatching(/^train-sft ended with exit code 3 after test 1 of 4 prompts:\n(.*\n)*out of luck/),
    });
  });

  it('that fall silent are stopped, and the last progress is named', async () => {
    const home = aLocalHome({}, { heartbeatSeconds: 5 });
    // The process that hangs has started by then, however long that takes.
    const machine = aMachine({
      First: aBatchState('train-sft', {}, { InputPath: '$.first', Next: 'Second' }),
      Second: aBatchState('train-sft', {}, { InputPath: '$.second', End: true }),
    });
    const jobs = { first: { ...input('succeed'), runId: '1' }, second: { ...input('hang'), runId: '2' } };
    await expect(runMachine(home, machine, 'test', jobs)).rejects.toMatchObject({
      name: 'StalledError',
      message: expect.stringContaining('train-sft was silent for 5 s after test 1 of 4 prompts'),
    });
  });

  it('that exceed their time-out are stopped', async () => {
    const home = aLocalHome();
    const machine = aMachine({ Job: aBatchState('train-sft', {}, { TimeoutSeconds: 1, End: true }) });
    const started = Date.now();
    await expect(runMachine(home, machine, 'test', input('hang'))).rejects.toMatchObject({ name: 'States.Timeout' });
    expect(Date.now() - started).toBeLessThan(HANG_MILLISECONDS);
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
  const deadline = Date.now() + 60_000;
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
