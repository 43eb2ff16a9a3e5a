import { findStale } from '../../../src/lineage/find-stale.ts';
import { type FinishedWork, readFinishedWork } from '../../../src/lineage/finished-work.ts';
import { compareUses, describeReason, type RewardChange } from '../../../src/lineage/stale-reason.ts';
import { EVALUATED_POLICIES } from '../../../src/schema/evaluated-policies.ts';
import { configKey, DIAGNOSIS, iterationName, manifestKey, planPrefix } from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { beginStage, type StageTask } from '../../../src/stages/begin-stage.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { readJson } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { aRunConfig } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const run = { runId: 'run-1', configKey: configKey('run-1') };
const current = { accuracy: '2', format: '1' };
const shards = [0, 1];
const folder = aTemporaryFolder();

/** Finishes every stage of a run with so many iterations and two shards in each rollout. */
async function playRun(store: Store, iterations: number): Promise<void> {
  const config = aRunConfig({ rl: { ...aRunConfig().rl, iterations } });
  await store.write(run.configKey, JSON.stringify(config));
  const finish = async (task: StageTask, versions?: Record<string, string>) => {
    const work = await beginStage(store, task);
    if (work.kind === 'open') await work.finish({}, versions);
  };
  const rollOut = async (rollout: string, iteration: number) => {
    const kind = rollout === DIAGNOSIS ? 'diagnosis' : 'iteration';
    await finish({ stage: 'plan', input: { ...run, rollout: kind, iteration } });
    const job = { ...run, rollout, iteration, policyVersion: iteration, policyPrefix: '', shardCount: 2 };
    for (const shard of shards) {
      await finish({ stage: 'rollout', input: job, index: shard });
      await finish({ stage: 'score', input: { ...job, shard } }, current);
    }
    return job;
  };
  await finish({ stage: 'validate', input: run });
  for (let iteration = 0; iteration < iterations; iteration++) {
    await finish({ stage: 'train-rl', input: await rollOut(iterationName(iteration), iteration) });
  }
  const diagnosed = await rollOut(DIAGNOSIS, iterations);
  for (const shard of shards) await finish({ stage: 'route', input: { ...diagnosed, shard } });
  for (const shard of shards) await finish({ stage: 'consult-expert', input: { ...diagnosed, shard } });
  await finish({ stage: 'publish', input: diagnosed });
  const policy = { ...run, policyVersion: iterations };
  await finish({ stage: 'train-sft', input: policy });
  for (const index of EVALUATED_POLICIES.keys()) await finish({ stage: 'evaluate', input: policy, index });
  await finish({ stage: 'report', input: diagnosed });
}

async function aFinishedRun(iterations: number): Promise<FinishedWork[]> {
  const store = createLocalStore(`${folder}/${iterations}`);
  await playRun(store, iterations);
  return readFinishedWork(store, run.runId);
}

let finished: FinishedWork[];
beforeAll(async () => {
  finished = await aFinishedRun(2);
});

const worksOf = (...given: Parameters<typeof findStale>) => findStale(...given).map(({ work }) => work);
const becauseOf = (...given: Parameters<typeof findStale>) =>
  Object.fromEntries(findStale(...given).map(({ work, reasons }) => [work, reasons.map(describeReason)]));
const withVersions = (work: string, versions: Record<string, string>) =>
  finished.map((each) => (each.work === work ? { ...each, versions } : each));

describe('what is stale', () => {
  it('is nothing where the versions are the same', () => expect(findStale(finished, current)).toEqual([]));

  it('is everything that an older grader went into, and neither plans nor what the base model did', () => {
    const isFresh = (work: string) =>
      work.includes('plan/') ||
      work.startsWith('trajectories/iteration-000000/') ||
      ['prompts/', 'evaluation/base/'].includes(work);
    const because = becauseOf(finished, { ...current, accuracy: '3' });
    expect(Object.keys(because)).toEqual(finished.map(({ work }) => work).filter((work) => !isFresh(work)));
    expect(because['iteration-000000/scores/00000/']).toEqual(['accuracy@2, now accuracy@3']);
    expect(because['iteration-000000/checkpoint/']).toEqual(['made from iteration-000000/scores/00000/']);
    expect(because['diagnosis/scores/00000/']).toEqual([
      'accuracy@2, now accuracy@3',
      'made from trajectories/diagnosis/00000/',
    ]);
  });

  it('is what comes after the first score that is: the next checkpoint, what it sampled, and the scores of that', () => {
    const stale = worksOf(withVersions('iteration-000001/scores/00001/', { ...current, format: '0' }), current);
    expect(stale).toContain('iteration-000001/checkpoint/');
    expect(stale).toContain('trajectories/diagnosis/00000/');
    expect(stale).toContain('diagnosis/scores/00000/');
    expect(stale).toContain('evaluation/rise/');
    expect(stale).not.toContain('iteration-000000/checkpoint/');
    expect(stale).not.toContain('iteration-000001/scores/00000/');
  });

  it('leaves routes alone where there was no RL and only another reward than accuracy changed', async () => {
    const run = await aFinishedRun(0);
    // The report tells the means of all.
    const scores = ['diagnosis/scores/00000/', 'diagnosis/scores/00001/', 'report/'];
    expect(worksOf(run, { ...current, format: '2' })).toEqual(scores);
    expect(worksOf(run, { ...current, accuracy: '3' })).toContain('routes/00001/');
    expect(worksOf(run, current, [{ kind: 'weight', reward: 'format', used: 1, current: 2 }])).toEqual(scores);
  });

  it('counts rewards that came, went or weigh otherwise', () => {
    const because = (...rest: [Record<string, string>, RewardChange[]?]) =>
      becauseOf(finished, ...rest)['iteration-000000/scores/00000/'];
    expect(because({ ...current, brevity: '1+abcd' })).toEqual(['without brevity']);
    expect(because({ accuracy: '2' })).toEqual(['with format, which is gone']);
    const { rewards } = aRunConfig();
    const heavier = { ...rewards, format: { weight: 0.2, options: { strict: true } } };
    expect(because(current, compareUses(rewards, heavier))).toEqual([
      'format of weight 0.1, now 0.2',
      'format with other options',
    ]);
  });

  it('counts a grader that a later stage used by itself, and what was made from it', () => {
    const stale = worksOf(withVersions('evaluation/base/', { accuracy: '1' }), current);
    expect(stale).toEqual(['evaluation/base/', 'report/']);
  });
});

describe('a finished run', () => {
  it('lists the manifests that each piece was made from, by their content', async () => {
    const store = createLocalStore(`${folder}/2`);
    const { inputs } = await readJson(store, 'runs/run-1/iteration-000001/checkpoint/manifest.json', Manifest);
    expect(inputs.map(({ key }) => key)).toEqual(
      [
        'runs/run-1/iteration-000000/checkpoint/',
        'runs/run-1/iteration-000001/plan/',
        'runs/run-1/iteration-000001/scores/00000/',
        'runs/run-1/iteration-000001/scores/00001/',
        'trajectories/run-1/iteration-000001/00000/',
        'trajectories/run-1/iteration-000001/00001/',
      ].map(manifestKey),
    );
    for (const { sha256 } of inputs) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('of the code before, which listed nothing, is refused', async () => {
    const store = createLocalStore(`${folder}/before`);
    const { inputs, ...before } = { stage: 'plan', inputs: [], parts: [], summary: {}, seed: 0, versions: {}, ...run };
    await store.write(manifestKey(planPrefix(run.runId, DIAGNOSIS)), JSON.stringify(before));
    await expect(readFinishedWork(store, run.runId)).rejects.toThrow(
      /run run-1 comes from an earlier version of metis-rise; finish it with that version, or start it again/,
    );
  });
});
