import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import {
  type Assumptions,
  COMPLETION_SHARE,
  DEFAULT_ASSUMPTIONS,
  DEFAULT_MODEL_BYTES,
} from '../../../src/forecast/assumptions.ts';
import { createVirtualClock } from '../../../src/forecast/clock.ts';
import { peakOf } from '../../../src/forecast/concurrency.ts';
import { guessPolicyBytes } from '../../../src/forecast/policy-bytes.ts';
import { simulateRun } from '../../../src/forecast/simulate-run.ts';
import { scaleTo } from '../../../src/forecast/workload.ts';
import { chooseSlots } from '../../../src/launch/choose-slots.ts';
import { readRunConfig } from '../../../src/launch/read-run-config.ts';
import { type Machine, readDefinition } from '../../../src/local/definition.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { aRunConfig } from '../../support/factories.ts';
import { aBatchState, aLambdaState, aMachine } from '../../support/local-machine.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const assume = (fields: Partial<Assumptions> = {}): Assumptions => ({
  ...DEFAULT_ASSUMPTIONS,
  ...guessPolicyBytes(aRunConfig(), DEFAULT_MODEL_BYTES),
  trainPrompts: 40_000,
  evaluationPrompts: 2000,
  tokensPerTrajectory: 4096 * COMPLETION_SHARE,
  ...fields,
});

const simulate = (config: RunConfig, fields: Partial<Assumptions> = {}, definition: Machine = readDefinition()) =>
  simulateRun(definition, config, assume(fields));

const passedBy = async (config: RunConfig, fields: Partial<Assumptions> = {}, definition?: Machine) =>
  (await simulate(config, fields, definition)).quotas.filter(({ isWithin }) => !isWithin).map(({ name }) => name);

describe('a run of 10 million trajectories', () => {
  const example = readRunConfig(join(packageRoot, 'examples/qwen2.5-vl-7b.yaml')).then((given) =>
    chooseSlots(given, join(packageRoot, 'examples')),
  );
  const large = async (fields: Partial<RunConfig['rl']> = {}) => {
    const config = await example;
    return scaleTo(10_000_000, { ...config, rl: { ...config.rl, ...fields } }, assume());
  };

  it('is refused where it has more iterations than can be walked', async () => {
    await expect(simulate(await large({ iterations: 9e15 }))).rejects.toThrow(
      /rl\.iterations is 9000000000000000: each/,
    );
  });

  it('stays inside every quota', async () => {
    const { trajectories, quotas, seconds, cost } = await simulate(await large());
    expect(trajectories).toBe(10_000_000);
    expect(quotas.filter(({ isWithin }) => !isWithin)).toEqual([]);
    // Each limit was looked at; no state of the machine has Express children.
    expect(quotas.filter(({ used }) => used === 0).map(({ name }) => name)).toEqual([
      'Step Functions: seconds of an Express child',
    ]);
    expect(seconds).toBeGreaterThan(0);
    expect(cost.total).toBeGreaterThan(cost.rolloutGpus + cost.trainingGpus);
  });

  it('stays inside them in fewer, larger iterations too, whose rollouts have more shards than were asked for', async () => {
    const config = await large({ iterations: 20, groupSize: 16 });
    const quotas = (await simulate(config, { trainingGpus: 8, trainingTokensPerSecond: 10_000 })).quotas;
    expect(quotas.filter(({ isWithin }) => !isWithin)).toEqual([]);
    const [array] = quotas.filter(({ name }) => name.startsWith('Batch: children'));
    expect(array.used).toBeGreaterThan(config.compute.rolloutShards);
  });

  it('would fill the history of an execution in a thousand iterations', async () => {
    const config = await large({ iterations: 1000 });
    expect(await passedBy(config)).toContain('Step Functions: events in the history of an execution');
  });

  it('would outlast preflight and publishing with ten times the prompts', async () => {
    const { quotas } = await simulate(await large(), { trainPrompts: 400_000 });
    const [calls] = quotas.filter(({ name }) => name === 'Lambda: seconds of a call');
    expect(calls).toMatchObject({ isWithin: false, remedy: expect.stringContaining('fewer prompts') });
  });
});

describe('the walk', () => {
  it('counts time, cost and history as the definition has it, branches side by side', async () => {
    const job = (name: string, queue: string) =>
      aBatchState(name, { JobQueue: `arn:aws:batch:us-east-1:000000000000:job-queue/${queue}` });
    const definition = aMachine({
      First: aLambdaState('validate', { ResultPath: null, OutputPath: '$', Next: 'Both' }),
      Both: {
        Type: 'Parallel',
        End: true,
        Branches: [aMachine({ Sample: job('evaluate', 'rollout') }), aMachine({ Learn: job('train-sft', 'training') })],
      },
    });
    const { seconds, secondsByState, historyEvents, usage, peak } = await simulate(aRunConfig(), {}, definition);
    const { First, Sample, Learn } = secondsByState;
    expect(seconds).toBeCloseTo(First + Math.max(Sample, Learn));
    // The execution 2, the Lambda 5, the Parallel 4, each job 6.
    expect(historyEvents).toBe(23);
    expect(usage).toMatchObject({ functionCalls: 1, stateTransitions: 4 });
    expect(peak).toEqual({ functions: 1, rolloutGpus: 1, trainingGpus: 1 });
  });

  it('sees children that are Express and take longer than those may', async () => {
    const text = JSON.stringify(readDefinition()).replaceAll('"STANDARD"', '"EXPRESS"');
    const config = aRunConfig({ expert: { maxConsultations: 1 }, compute: { rolloutShards: 10_000 } });
    const quota = 'Step Functions: seconds of an Express child';
    expect(await passedBy(config)).not.toContain(quota);
    expect(await passedBy(config, {}, JSON.parse(text))).toContain(quota);
  });

  it('waits for nothing real', async () => {
    const clock = createVirtualClock();
    const order: string[] = [];
    const wait = async (seconds: number, name: string) => {
      await clock.sleep(seconds);
      order.push(`${name} at ${clock.now()}`);
    };
    await clock.drive(Promise.all([wait(1e9, 'late'), wait(5, 'early').then(() => wait(5, 'next'))]));
    expect(order).toEqual(['early at 5', 'next at 10', 'late at 1000000000']);
  });

  it('counts what overlaps, and not what only touches', () => {
    expect(
      peakOf([
        { start: 0, end: 2, count: 3 },
        { start: 1, end: 3, count: 4 },
        { start: 3, end: 4, count: 6 },
      ]),
    ).toBe(7);
  });
});

describe('rise simulate', () => {
  const folder = aTemporaryFolder();
  const rise = (...args: string[]) => {
    const command = [join(packageRoot, 'bin/rise.js'), 'simulate', ...args];
    return spawnSync(process.execPath, command, { encoding: 'utf8' });
  };
  const example = join(packageRoot, 'examples/qwen2.5-vl-7b.yaml');

  it('says what a run would take, for people and for machines', () => {
    const { stdout } = rise(join(packageRoot, 'examples/tiny.yaml'));
    for (const text of ['time ', 'cost ', 'Publish', 'Batch: children', 'Every quota is kept.']) {
      expect(stdout).toContain(text);
    }
    const counts = ['--prompts', '40000', '--evaluation-prompts', '2000'];
    const { status, stdout: json } = rise(example, ...counts, '--trajectories', '10000000', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(json)).toMatchObject({ trajectories: 10_000_000, promptsPerIteration: 12_100 });
  });

  it('exits 1 where a quota would be passed, and where it cannot count the prompts', () => {
    const passed = rise(example, '--prompts', '1000000', '--evaluation-prompts', '1');
    expect(passed.status).toBe(1);
    expect(passed.stdout).toContain('Over the limit: Lambda: seconds of a call. Try fewer prompts');
    const uncounted = rise(example);
    expect(uncounted.status).toBe(1);
    expect(uncounted.stderr).toContain('put the data there, or give --prompts');
  });

  it('exits 1 where a job has no room on what the stack rents, and says whether the budget is enough', () => {
    const whole = join(folder, 'whole.yaml');
    const text = readFileSync(example, 'utf8').replace(/^ {2}adapter:(\n {4}.*| .*)*$/m, '');
    writeFileSync(whole, `${text}budget: { usd: 100 }\n`);
    const { status, stdout } = rise(whole, '--prompts', '5000', '--evaluation-prompts', '500');
    expect(stdout).toMatch(/rl needs \d+ GB of GPU memory, g6e\.4xlarge has 47 GB; what would fit: policy\.adapter/);
    expect(stdout).toMatch(/budget +too small: the run would stop at it/);
    expect(status).toBe(1);
  });
});
