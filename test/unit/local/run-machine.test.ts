import { setTimeout as sleep } from 'node:timers/promises';
import { runMachine } from '../../../src/local/run-machine.ts';
import { aDistributedMap, aLambdaState, aLocalHome, aMachine, type TestHome } from '../../support/local-machine.ts';

const run = (home: TestHome, machine: ReturnType<typeof aMachine>, input = {}) =>
  runMachine(home, machine, 'test', input);

function namedError(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

/** A busy machine may take so long between two lines. */
const BUSY_MILLISECONDS = 30_000;

describe('Lambda states', () => {
  it('loop through a choice until it says otherwise', async () => {
    const home = aLocalHome({ count: ({ n }: { n: number }) => ({ n: n + 1 }) });
    const machine = aMachine({
      Count: aLambdaState('count', { Next: 'Enough' }),
      Enough: {
        Type: 'Choice',
        Choices: [{ Variable: '$.n', NumericLessThan: 5, Next: 'Count' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    });
    expect(await run(home, machine, { n: 0 })).toEqual({ n: 5 });
    expect(home.events.filter((event) => event.kind === 'state-exited' && event.state === 'Count')).toHaveLength(5);
  });

  it('are tried again for the errors that Retry names, then caught', async () => {
    const calls: string[] = [];
    const home = aLocalHome({
      flaky: () => {
        calls.push('flaky');
        throw namedError('Lambda.TooManyRequestsException', 'slow down');
      },
      rescue: ({ error }: { error: unknown }) => ({ error }),
    });
    const machine = aMachine({
      Flaky: aLambdaState('flaky', {
        Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], MaxAttempts: 2, IntervalSeconds: 0 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Rescue' }],
        End: true,
      }),
      Rescue: aLambdaState('rescue'),
    });
    expect(await run(home, machine)).toEqual({
      error: { Error: 'Lambda.TooManyRequestsException', Cause: 'slow down' },
    });
    expect(calls).toHaveLength(3);
    expect(home.events.filter(({ kind }) => kind === 'state-retried')).toHaveLength(2);
  });

  it('end the run under the name and cause of a Fail state', async () => {
    const home = aLocalHome();
    const machine = aMachine({ Failed: { Type: 'Fail', Error: 'RunFailed', CausePath: '$.Cause' } });
    await expect(run(home, machine, { Cause: 'exit code 3' })).rejects.toMatchObject({
      name: 'RunFailed',
      message: 'exit code 3',
    });
  });

  it.each([{ ErrorPath: '$.Error' }, { Error: 'States.TaskFailed' }])(
    'are refused where a Fail state might bear a name of Step Functions: %j',
    async (fields) => {
      const machine = aMachine({ Failed: { Type: 'Fail', ...fields } });
      await expect(run(aLocalHome(), machine, { Error: 'any' })).rejects.toThrow(
        /Fail state Failed .* give it an Error/,
      );
    },
  );

  it('time out', async () => {
    const home = aLocalHome({ slow: () => new Promise(() => {}) });
    const machine = aMachine({ Slow: aLambdaState('slow', { TimeoutSeconds: 1, End: true }) });
    await expect(run(home, machine)).rejects.toMatchObject({ name: 'States.Timeout' });
  });

  it('are told how much of their time is left', async () => {
    const home = aLocalHome({ look: (_, context) => context.getRemainingTimeInMillis() });
    const left = await run(home, aMachine({ Look: aLambdaState('look', { TimeoutSeconds: 900, End: true }) }));
    expect(left).toBeGreaterThan(899_000 - BUSY_MILLISECONDS);
    expect(left).toBeLessThanOrEqual(900_000);
  });

  it('never run twice at once: a call that outlasts its time ends before it is tried again', async () => {
    let [running, most, calls] = [0, 0, 0];
    const slow = async () => {
      most = Math.max(most, ++running);
      calls += 1;
      await sleep(calls === 1 ? 1_500 : 1);
      running -= 1;
      return calls;
    };
    const fields = {
      TimeoutSeconds: 1,
      Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 0, MaxAttempts: 50 }],
      End: true,
    };
    const home = aLocalHome({ slow });
    expect(await run(home, aMachine({ Slow: aLambdaState('slow', fields) }))).toBeGreaterThanOrEqual(2);
    expect(most).toBe(1);
  });

  it('see the execution in the context object', async () => {
    const home = aLocalHome({ echo: (event) => event });
    const state = aLambdaState('echo');
    state.Parameters = { FunctionName: 'function:echo', Payload: { 'id.$': '$$.Execution.Id' } };
    expect(await run(home, aMachine({ Echo: state }))).toEqual({ id: 'local:test' });
  });

  it('may not carry more than 256 KiB: no Retry helps, a Catch of all errors is told', async () => {
    let calls = 0;
    const home = aLocalHome({ big: () => 'x'.repeat(300_000 + calls++) });
    const fields = { Retry: [{ ErrorEquals: ['States.ALL'] }], End: true };
    const tooLarge = {
      name: 'States.DataLimitExceeded',
      message: expect.stringContaining('the output of Big is 3000'),
    };
    await expect(run(home, aMachine({ Big: aLambdaState('big', fields) }))).rejects.toMatchObject(tooLarge);
    expect(calls).toBe(1);

    const caught = aMachine({
      Big: aLambdaState('big', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Told' }], End: true }),
      Told: { Type: 'Pass', End: true },
    });
    expect(await run(home, caught)).toMatchObject({ Error: 'States.DataLimitExceeded' });
  });

  it('are refused when they use a service that has no local counterpart', async () => {
    const state = { ...aLambdaState('x'), Resource: 'arn:aws:states:::sqs:sendMessage' };
    await expect(run(aLocalHome(), aMachine({ Send: state }))).rejects.toThrow(/Send uses .*sqs:sendMessage/);
  });
});

describe('Distributed Map states', () => {
  const failsOn = (bad: number[]) => (item: number) => {
    if (bad.includes(item)) throw namedError('CorruptRecordError', `item ${item} is bad`);
    return item * 10;
  };
  const runMap = async (home: TestHome, fields: Record<string, unknown> = {}, items: number[] = [1, 2, 3, 4]) => {
    await home.store.write('items.json', JSON.stringify(items));
    return run(home, aMachine({ Each: aDistributedMap('work', fields) }), { itemsKey: 'items.json' });
  };

  it('run a child machine per item of the array on the store, results in order', async () => {
    expect(await runMap(aLocalHome({ work: failsOn([]) }))).toEqual([10, 20, 30, 40]);
  });

  it('keep to their concurrency', async () => {
    let running = 0;
    let most = 0;
    const full = Promise.withResolvers<void>();
    const work = async () => {
      most = Math.max(most, ++running);
      if (running === 3) full.resolve();
      await full.promise;
      await sleep(5);
      running--;
    };
    await runMap(aLocalHome({ work }), { MaxConcurrency: 3 }, [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(most).toBe(3);
  });

  it('fail at the first failed child when nothing is tolerated', async () => {
    await expect(runMap(aLocalHome({ work: failsOn([2]) }))).rejects.toMatchObject({
      name: 'States.ExceedToleratedFailureThreshold',
      message: expect.stringContaining('item 1 of items.json failed: CorruptRecordError: item 2 is bad'),
    });
  });

  it.each([
    [{ ToleratedFailurePercentage: 25 }, [2], [10, 30, 40]],
    [{ ToleratedFailureCount: 2 }, [2, 3], [10, 40]],
  ])('leave out failed children within %j', async (tolerance, bad, results) => {
    expect(await runMap(aLocalHome({ work: failsOn(bad) }), tolerance)).toEqual(results);
  });

  it('fail past what is tolerated', async () => {
    const home = aLocalHome({ work: failsOn([2, 3]) });
    await expect(runMap(home, { ToleratedFailurePercentage: 25 })).rejects.toMatchObject({
      name: 'States.ExceedToleratedFailureThreshold',
    });
  });

  it('fail when the items are not there', async () => {
    const machine = aMachine({ Each: aDistributedMap('work') });
    await expect(run(aLocalHome(), machine, { itemsKey: 'none.json' })).rejects.toMatchObject({
      name: 'States.ItemReaderFailed',
    });
  });

  it('are refused when they ask for what the runner does not do', async () => {
    const machine = aMachine({ Each: aDistributedMap('work', { ItemBatcher: { MaxItemsPerBatch: 2 } }) });
    await expect(run(aLocalHome(), machine)).rejects.toThrow(
      /Each needs an ItemReader of JSON and none of ItemBatcher/,
    );
  });
});
