import * as fc from 'fast-check';
import { splitEvenly } from '../../../src/base/split-list.ts';
import { configKey, evaluationPrefix, iterationName, promptsKey, promptsPrefix } from '../../../src/schema/keys.ts';
import { countShards } from '../../../src/schema/rollout-size.ts';
import { runPlan } from '../../../src/stages/plan/run-plan.ts';
import { selectDiagnosisPrompts, selectIterationPrompts } from '../../../src/stages/plan/select-prompts.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { encodeRecords } from '../../../src/store/records.ts';
import { aPrompt, aRunConfig } from '../../support/factories.ts';
import { finishWork, openWork } from '../../support/finished-work.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const prompts = Array.from({ length: 10 }, (_, index) => aPrompt({ promptId: `p${index}` }));
const idsOf = (selected: { promptId: string }[]) => selected.map(({ promptId }) => promptId);

describe('the prompts of an iteration', () => {
  it('differ within an epoch, and come in another order in the next', () => {
    const epoch = (first: number) => [0, 1].flatMap((n) => idsOf(selectIterationPrompts(prompts, 5, first + n, 7)));
    expect(new Set(epoch(0)).size).toBe(10);
    expect(new Set(epoch(2)).size).toBe(10);
    expect(epoch(2)).not.toEqual(epoch(0));
  });

  it('never hold one twice, also where epochs do not divide', () => {
    for (let iteration = 0; iteration < 8; iteration += 1) {
      expect(new Set(idsOf(selectIterationPrompts(prompts, 4, iteration, 7))).size).toBe(4);
    }
  });

  it('depend on the seed alone', () => {
    const select = (seed: number) => idsOf(selectIterationPrompts(prompts, 10, 3, seed));
    expect(select(7)).toEqual(select(7));
    expect(select(7)).not.toEqual(select(8));
  });
});

describe('the prompts to diagnose', () => {
  it('are all, or a seeded choice in order', () => {
    expect(selectDiagnosisPrompts(prompts, undefined, 7)).toEqual(prompts);
    const chosen = idsOf(selectDiagnosisPrompts(prompts, 4, 7));
    expect(chosen).toHaveLength(4);
    expect(chosen).toEqual([...chosen].sort());
  });
});

describe('the shards of a rollout', () => {
  const count = (prompts: number, maxNewTokens: number, rolloutShards: number) =>
    countShards({ prompts, groupSize: 8 }, aRunConfig({ sampling: { maxNewTokens }, compute: { rolloutShards } }));

  it.each([
    ['as many as are wanted', [48, 48, 4], 4],
    ['no more than there are prompts', [3, 48, 4], 3],
    ['more where they would hold more tokens than a stage can', [12_500, 4096, 8], 52],
    ['never more than an array job has', [10_000_000, 4096, 8], 10_000],
  ] as const)('are %s', (_, [prompts, tokens, wanted], shards) => {
    expect(count(prompts, tokens, wanted)).toBe(shards);
  });
});

describe('splitEvenly', () => {
  it('keeps all items in order, in shards of nearly one size, none empty', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (items, count) => {
        const shards = splitEvenly(items, count);
        const sizes = shards.map((shard) => shard.length);
        expect(shards.flat()).toEqual(items);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(shards.length).toBe(Math.min(count, items.length));
      }),
    );
  });
});

const folder = aTemporaryFolder();

describe('the plan of a diagnosis', () => {
  it('names the model that is the expert, where a job samples it, and none else', async () => {
    const store = createLocalStore(`${folder}/expert`);
    const input = { runId: 'run', configKey: configKey('run') };
    const plan = async (name: string, rollout: 'iteration' | 'diagnosis') => {
      const options = name === 'policy' ? { model: 'models/bigger/' } : {};
      await store.write(input.configKey, JSON.stringify(aRunConfig({ expert: { name, options } })));
      return runPlan({ store, report: () => {} }, { ...input, rollout, iteration: 0 });
    };
    await store.write(promptsKey('run', 'train'), encodeRecords(prompts));
    await finishWork(store, promptsPrefix('run'));
    expect(await plan('policy', 'diagnosis')).toMatchObject({ expertModel: 'models/bigger/' });
    expect(await plan('policy', 'iteration')).not.toHaveProperty('expertModel');
    expect(await plan('none', 'diagnosis')).not.toHaveProperty('expertModel');
  });
});

describe('the policy of a rollout', () => {
  it.each([
    [false, [0, 1, 2], 3],
    [true, [0, 0, 1], 3],
  ])('when pipelined is %s has been trained for %j iterations, and for %d at the diagnosis', async (...row) => {
    const [pipelined, ofIterations, ofDiagnosis] = row;
    const store = createLocalStore(`${folder}/${pipelined}`);
    const config = aRunConfig();
    const input = { runId: 'run', configKey: configKey('run') };
    await store.write(input.configKey, JSON.stringify({ ...config, rl: { ...config.rl, iterations: 3, pipelined } }));
    await store.write(promptsKey('run', 'train'), encodeRecords(prompts));
    await finishWork(store, promptsPrefix('run'));
    const plan = (rollout: 'iteration' | 'diagnosis', iteration: number) =>
      runPlan({ store, report: () => {} }, { ...input, rollout, iteration });
    const plans = await Promise.all([0, 1, 2].map((iteration) => plan('iteration', iteration)));
    expect(plans.map(({ policyVersion }) => policyVersion)).toEqual(ofIterations);
    expect(plans.map(({ policyPrefix }) => policyPrefix)).toEqual(
      ofIterations.map((count) => (count === 0 ? 'models/base/' : `runs/run/iteration-00000${count - 1}/checkpoint/`)),
    );
    expect((await plan('diagnosis', 3)).policyVersion).toBe(ofDiagnosis);
  });
});

describe('the plans of a run that measures its RL policy', () => {
  const input = { runId: 'run', configKey: configKey('run') };

  async function aMeasuringRun(goesOn: 'last' | 'best', accuracies: readonly number[]) {
    const store = createLocalStore(`${folder}/measuring-${goesOn}`);
    const rl = { ...aRunConfig().rl, iterations: 5 };
    const config = aRunConfig({ rl, evaluation: { duringRl: { everyIterations: 2, goesOn } } });
    await store.write(input.configKey, JSON.stringify(config));
    await store.write(promptsKey('run', 'train'), encodeRecords(prompts));
    await finishWork(store, promptsPrefix('run'));
    for (const [at, iteration] of [1, 3, 4].entries()) {
      const figures = { accuracy: { accuracy: accuracies[at], low: 0, high: 1, n: 10 } };
      const prefix = evaluationPrefix('run', iterationName(iteration));
      const summary = { prompts: 10, correct: 0, formatted: 0, precision: 'float32', figures };
      const work = await openWork(store, { prefix, stage: 'evaluate-iteration', runId: 'run', seed: 0 });
      await work.finish(summary);
    }
    return (rollout: 'iteration' | 'diagnosis', iteration: number) =>
      runPlan({ store, report: () => {} }, { ...input, rollout, iteration });
  }

  it('say which iterations end with it: each so many, and the last', async () => {
    const plan = await aMeasuringRun('last', [0.4, 0.6, 0.5]);
    const plans = await Promise.all([0, 1, 2, 3, 4].map((iteration) => plan('iteration', iteration)));
    expect(plans.map(({ measured }) => measured)).toEqual([undefined, true, undefined, true, true]);
    expect(await plan('diagnosis', 5)).toMatchObject({ policyVersion: 5 });
    expect(await plan('diagnosis', 5)).not.toHaveProperty('measured');
  });

  it('have the best diagnosed where it is to go on', async () => {
    const plan = await aMeasuringRun('best', [0.4, 0.6, 0.6]);
    const diagnosis = await plan('diagnosis', 5);
    expect(diagnosis).toMatchObject({ policyVersion: 4, policyPrefix: 'runs/run/iteration-000003/checkpoint/' });
  });
});
