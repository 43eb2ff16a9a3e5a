import { join } from 'node:path';
import { forecastJob } from '../../../src/forecast/forecast-job.ts';
import { overlayBudget, raiseBudget, readBudgetStop, writeBudget } from '../../../src/launch/run-budget.ts';
import type { JobAttempt } from '../../../src/schema/budget.ts';
import type { BudgetConfig } from '../../../src/schema/config/budget.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import {
  attemptKey,
  budgetCheckKey,
  budgetKey,
  checkpointPrefix,
  configKey,
  expertPrefix,
  manifestKey,
  promptsPrefix,
  routesPrefix,
  scoresPrefix,
  sftShardsPrefix,
  summaryKey,
  takenKey,
  trajectoriesPrefix,
} from '../../../src/schema/keys.ts';
import { decideBudget } from '../../../src/stages/check-budget/decide-budget.ts';
import { paceOf } from '../../../src/stages/check-budget/pace.ts';
import { runCheckBudget } from '../../../src/stages/check-budget/run-check-budget.ts';
import { noteAttempt } from '../../../src/stages/note-attempt.ts';
import { costByStage, readSpending } from '../../../src/stages/read-spending.ts';
import { costRun } from '../../../src/stages/report/cost-run.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { aRunConfig } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const runId = 'run-1';
const PRICES = { hourUsd: { rollout: 1, training: 3 }, launchSeconds: 300 };
const STATE = { runId, configKey: configKey(runId), iteration: 1, shardCount: 2 };
let stores = 0;

/** A run of two iterations of 4 prompts x 2, the first of which took a minute to sample and two to train. */
async function aRun(budget?: BudgetConfig, config: RunConfig = aRunConfig()): Promise<Store> {
  stores += 1;
  const store = createLocalStore(join(folder, String(stores)));
  await store.write(configKey(runId), JSON.stringify(config));
  await writeBudget(store, runId, budget);
  await done(store, promptsPrefix(runId), { train: 8, evaluation: 5 });
  await attempt(store, 0, { stage: 'rollout', seconds: 60, items: 8 });
  await attempt(store, 1, { stage: 'train-rl', seconds: 120, items: 6 });
  return store;
}

const attempt = (store: Store, at: number, record: JobAttempt) =>
  store.write(attemptKey(runId, record.stage, 0, at), JSON.stringify(record));
const done = (store: Store, prefix: string, summary: object = {}) =>
  store.write(
    manifestKey(prefix),
    JSON.stringify({ stage: 'any', runId, inputs: [], parts: [], summary, seed: 1, versions: {} }),
  );
const nothingKnown = { forecastJob: async () => undefined };
const ask = (store: Store, next: Parameters<typeof runCheckBudget>[1]['next'], deps = {}) =>
  runCheckBudget(
    { store, ...nothingKnown, ...deps },
    { runId, configKey: configKey(runId), next, state: { ...STATE, rollout: 'iteration-000001' } },
  );
const needed = async (store: Store) => JSON.parse((await store.read(budgetCheckKey(runId))).toString()).needed;

describe('the decision', () => {
  it.each([
    [{ hours: 2 }, { usd: 9, hours: 1 }, { usd: 9, hours: 1 }, 'goes-on'],
    [{ hours: 2 }, { usd: 0, hours: 1 }, { usd: 0, hours: 1.1 }, 'stopped'],
    [{ usd: 5 }, { usd: 4, hours: 9 }, { usd: 1.5, hours: 9 }, 'stopped'],
    [{ usd: 5, hours: 2 }, { usd: 1, hours: 1.9 }, { usd: 1, hours: 0.2 }, 'stopped'],
    [{ usd: 5 }, { usd: 5, hours: 1 }, { usd: 0, hours: 0 }, 'stopped'],
    [{ usd: 5 }, { usd: 4.9, hours: 1 }, { usd: 0, hours: 0 }, 'goes-on'],
  ] as const)('of a budget of %j, %j spent and %j needed, is: %s', (budget, spent, next, outcome) => {
    expect(decideBudget(budget, spent, next)).toBe(outcome);
  });
});

describe('the check of a budget', () => {
  it('gives the state as it is where there is no bound, and reads nothing else', async () => {
    const store = createLocalStore(join(folder, 'empty'));
    expect(await ask(store, 'iteration')).toEqual({ ...STATE, rollout: 'iteration-000001' });
    await writeBudget(store, runId, { hourUsd: 2 });
    expect(await ask(store, 'iteration')).toEqual({ ...STATE, rollout: 'iteration-000001' });
  });

  it('lets an iteration begin that fits, by what the one before it took, and stops before one that does not', async () => {
    const store = await aRun({ hours: 0.11 });
    expect(await ask(store, 'iteration')).toHaveProperty('rollout');
    expect(await needed(store)).toEqual({ usd: 0, hours: 0.05 });
    await writeBudget(store, runId, { hours: 0.09, hourUsd: 2 });
    expect(await ask(store, 'iteration')).toEqual({
      runId,
      configKey: configKey(runId),
      stopped: 'budget',
      outcome: 'stopped',
      next: 'iteration 2',
      budget: { hours: 0.09, hourUsd: 2 },
      spent: { usd: 0.1, hours: 0.05 },
      needed: { usd: 0.1, hours: 0.05 },
      checkedAt: expect.any(String),
    });
    expect(await readBudgetStop(store, runId)).toMatchObject({ outcome: 'stopped', next: 'iteration 2' });
  });

  it('forecasts only what is not done: a resumed run is not held up before what it has', async () => {
    const store = await aRun({ hours: 0.051 });
    await done(store, trajectoriesPrefix(runId, 'iteration-000001', 0));
    await done(store, checkpointPrefix(runId, 1));
    expect(await ask(store, 'iteration')).toHaveProperty('stopped');
    expect((await needed(store)).hours).toBeCloseTo(30 / 3600);
    await done(store, trajectoriesPrefix(runId, 'iteration-000001', 1));
    expect(await ask(store, 'iteration')).not.toHaveProperty('stopped');
  });

  it('forecasts of a pipelined run the training under way and the iteration after it', async () => {
    const store = await aRun({ hours: 1 }, aRunConfig({ rl: { ...aRunConfig().rl, iterations: 3, pipelined: true } }));
    await ask(store, 'iteration-ahead');
    expect((await needed(store)).hours).toBeCloseTo((120 + 60 + 120) / 3600);
  });

  it('forecasts the diagnosis, SFT and evaluation by the pace of rollouts and of training', async () => {
    const store = await aRun({ usd: 100 });
    await ask(store, 'diagnosis', { prices: PRICES });
    // 8 prompts x 4, and two machines that start.
    expect((await needed(store)).hours).toBeCloseTo((32 * 7.5) / 3600);
    expect((await needed(store)).usd).toBeCloseTo((32 * 7.5 + 2 * 300) / 3600);
    await done(store, sftShardsPrefix(runId), { examples: 9 });
    await ask(store, 'train-sft', { prices: PRICES });
    expect((await needed(store)).usd).toBeCloseTo((3 * (9 * 20 + 300)) / 3600);
    await ask(store, 'evaluate', { prices: PRICES });
    expect((await needed(store)).hours).toBeCloseTo((3 * 5 * 7.5) / 3600);
  });

  it('counts what judges and experts cost, and forecasts an expert by its price before it was asked', async () => {
    const price = { inputPerMillionTokens: 1, outputPerMillionTokens: 10 };
    const options = { provider: 'bedrock', model: 'nova', price, maxOutputTokens: 4000 };
    const expert = { name: 'endpoint', maxAttempts: 1, options };
    const store = await aRun({ usd: 1 }, aRunConfig({ expert: { ...expert, maxConsultations: 5 } }));
    await done(store, scoresPrefix(runId, 'iteration-000000', 0), { judgeDollars: 0.4 });
    for (const shard of [0, 1])
      await done(store, routesPrefix(runId, shard), { mastered: 0, selfDistill: 0, expert: 3 });
    expect(await ask(store, 'consult-expert')).not.toHaveProperty('stopped');
    expect((await needed(store)).usd).toBeCloseTo(5 * 0.011);
    await done(store, expertPrefix(runId, 0), { consulted: 3, expertDollars: 0.45 });
    expect(await ask(store, 'consult-expert')).toMatchObject({ stopped: 'budget', next: 'consult-expert' });
    expect((await needed(store)).usd).toBeCloseTo(2 * 0.15);
    // As many judgements again as in the rollout before.
    await ask(store, 'iteration');
    expect((await needed(store)).usd).toBeCloseTo(0.4);
  });

  it('asks nobody about an expert that costs nothing', async () => {
    const store = await aRun({ hours: 0.01 });
    expect(await ask(store, 'consult-expert')).not.toHaveProperty('stopped');
  });
});

describe('a forecast by arithmetic', () => {
  const config = aRunConfig({ policy: { model: 'model/' } });
  const counts = { trainPrompts: 40, evaluationPrompts: 10, measuringPrompts: 10 };
  const job = { job: 'train-sft' as const, children: 1, missing: 1 };

  it('is there where the stack names a GPU whose speed is known, for a model that is there', async () => {
    const store = await aRun();
    const { PUBLISHED_MODELS } = await import('../../../src/sizing/published-models.ts');
    await store.write('model/config.json', JSON.stringify(PUBLISHED_MODELS['Qwen/Qwen2.5-VL-3B-Instruct']));
    const on = (type: string) => JSON.stringify({ rollout: [type], training: [type] });
    const seconds = await forecastJob(store, on('g6e.4xlarge'), job, config, counts);
    expect(seconds).toBeGreaterThan(60);
    const rollout = { job: 'rollout' as const, rollout: 'iteration-000000', children: 8, missing: 8 };
    expect(await forecastJob(store, on('g6e.4xlarge'), rollout, config, counts)).toBeGreaterThan(8 * 60);
    expect(await forecastJob(store, on('g5.xlarge'), job, config, counts)).toBeUndefined();
    expect(await forecastJob(store, undefined, job, config, counts)).toBeUndefined();
  });
});

describe('the pace of a run', () => {
  it('counts all attempts, the interrupted ones too, and what is done alone', () => {
    const of = (stage: JobAttempt['stage'], seconds: number, items: number) => ({ stage, seconds, items });
    expect(paceOf([of('rollout', 10, 0), of('rollout', 10, 5), of('evaluate', 10, 5)])).toMatchObject({
      completion: 3,
    });
    expect(paceOf([of('train-rl', 30, 0), of('train-rl', 30, 10), of('train-sft', 8, 4)])).toEqual({
      completion: undefined,
      sequence: 2,
      training: 60,
    });
  });
});

describe('the note of an attempt', () => {
  const input = { runId, configKey: configKey(runId), policyVersion: 1 };
  const notesOf = async (store: Store) => (await readSpending(store, runId)).attempts;

  it('tells its time and what it worked on, also where it failed, and nothing where all was done', async () => {
    const store = createLocalStore(join(folder, 'notes'));
    const sft = { job: 'train-sft' as const, input, index: 0 };
    await noteAttempt(store, sft, async () => ({ examples: 5, epochs: 3 }));
    expect(await notesOf(store)).toEqual([{ stage: 'train-sft', seconds: expect.any(Number), items: 15 }]);
    await expect(
      noteAttempt(store, { ...sft, index: 1 }, async () => {
        throw new Error('stopped');
      }),
    ).rejects.toThrow('stopped');
    await done(store, `runs/${runId}/sft/checkpoint/`);
    await noteAttempt(store, { ...sft, index: 2 }, async () => ({ examples: 5, epochs: 3 }));
    expect((await notesOf(store)).map(({ items, found }) => [items, found])).toEqual([
      [15, undefined],
      [0, undefined],
      [0, 'done'],
    ]);
  });

  it('tells the time of work that is done again, as a part of it was gone', async () => {
    const store = createLocalStore(join(folder, 'damaged-notes'));
    const prefix = `runs/${runId}/sft/checkpoint/`;
    const parts = [{ key: `${prefix}model.safetensors`, bytes: 3, sha256: 'a'.repeat(64) }];
    const manifest = { stage: 'train-sft', runId, inputs: [], parts, summary: {}, seed: 1, versions: {} };
    await store.write(manifestKey(prefix), JSON.stringify(manifest));
    await noteAttempt(store, { job: 'train-sft', input, index: 0 }, async () => ({ examples: 5, epochs: 3 }));
    expect(await notesOf(store)).toEqual([{ stage: 'train-sft', seconds: expect.any(Number), items: 15 }]);
  });

  it('tells work that was taken, by which no pace goes', async () => {
    const store = createLocalStore(join(folder, 'taken-notes'));
    await noteAttempt(store, { job: 'train-sft', input, index: 0 }, async () => {
      await store.write(takenKey(`runs/${runId}/sft/checkpoint/`), '{}');
      return { examples: 5, epochs: 3 };
    });
    const notes = await notesOf(store);
    expect(notes).toEqual([{ stage: 'train-sft', seconds: expect.any(Number), items: 0, found: 'taken' }]);
    const own = { stage: 'train-sft' as const, seconds: 8, items: 4 };
    expect(paceOf([...notes.map((note) => ({ ...note, seconds: 100 })), own]).sequence).toBe(2);
  });
});

describe('a budget on the store', () => {
  it('is changed bound by bound, and goes with the config that has none', async () => {
    const store = await aRun({ hours: 1, hourUsd: 2 });
    await raiseBudget(store, runId, { usd: 5 });
    expect(JSON.parse((await store.read(budgetKey(runId))).toString())).toEqual({ hours: 1, hourUsd: 2, usd: 5 });
    await raiseBudget(store, runId, { usd: undefined, hours: undefined });
    expect(JSON.parse((await store.read(budgetKey(runId))).toString())).toEqual({ hours: 1, hourUsd: 2, usd: 5 });
    await writeBudget(store, runId, undefined);
    expect(await store.exists(budgetKey(runId))).toBe(false);
    expect(overlayBudget(undefined, { usd: undefined })).toBeUndefined();
  });

  it('has stopped no run that is done', async () => {
    const store = await aRun({ hours: 0.01 });
    await ask(store, 'iteration');
    expect(await readBudgetStop(store, runId)).toBeDefined();
    await store.write(summaryKey(runId), '{}');
    expect(await readBudgetStop(store, runId)).toBeUndefined();
  });
});

describe('the cost of a run', () => {
  it('is by stage, for each solved prompt and for each kept example; SFT and evaluation had no part in those', async () => {
    const store = await aRun();
    await attempt(store, 2, { stage: 'train-sft', seconds: 3600, items: 1 });
    await done(store, scoresPrefix(runId, 'diagnosis', 0), { judgeDollars: 0.5 });
    await done(store, expertPrefix(runId, 0), { consulted: 3, expertDollars: 0.25 });
    await done(store, sftShardsPrefix(runId), { examples: 4 });
    const routes = { mastered: 2, selfDistill: 3, expert: 3 };
    const withoutExample = { notAsked: 0, unanswered: 1, wrong: 2, unformatted: 0 };
    const prices = { ...PRICES, launchSeconds: 0 };
    const cost = await costRun(store, runId, prices, { routes, withoutExample });
    const making = 60 / 3600 + (3 * 120) / 3600 + 0.5 + 0.25;
    expect(cost.stages).toEqual({
      rollout: { usd: 60 / 3600, hours: 60 / 3600 },
      'train-rl': { usd: (3 * 120) / 3600, hours: 120 / 3600 },
      'train-sft': { usd: 3, hours: 1 },
      score: { usd: 0.5, hours: 0 },
      'consult-expert': { usd: 0.25, hours: 0 },
    });
    expect(cost.total.usd).toBeCloseTo(making + 3);
    expect(cost.perSolvedPrompt).toMatchObject({ count: 5, usd: expect.closeTo(making / 5) });
    expect(cost.perKeptExample).toMatchObject({ count: 4, hours: expect.closeTo(0.05 / 4) });
  });

  it('has the machine of each attempt paid from when it starts', () => {
    const attempts = [{ stage: 'rollout' as const, seconds: 3300, items: 1 }];
    const spending = { attempts, judgeUsd: 0, expertUsd: 0, consulted: 0 };
    expect(costByStage(spending, PRICES)).toEqual({ rollout: { hours: 3300 / 3600, usd: 1 } });
  });
});
