import { join } from 'node:path';
import { BUILT_IN_VERSIONS } from '../../../src/rewards/index.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { EVALUATED_POLICIES } from '../../../src/schema/evaluated-policies.ts';
import { EvaluationRecord, type IterationMeasurement } from '../../../src/schema/evaluation.ts';
import {
  benchmarkPrefix,
  checkpointPrefix,
  configKey,
  evaluationPrefix,
  MEASURING_SET,
  manifestKey,
  promptsKey,
  promptsPrefix,
  recordsKey,
} from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { runEvaluate } from '../../../src/stages/evaluate/run-evaluate.ts';
import { runEvaluateIteration } from '../../../src/stages/evaluate-iteration/run-evaluate-iteration.ts';
import { encodeRecords, readJson, readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { finishWork } from '../../support/finished-work.ts';
import { aRunConfig, aStoredRun, jobDeps, MODEL_PREFIX, RUN_ID } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const job = { runId: RUN_ID, configKey: configKey(RUN_ID), policyVersion: 2 };
const base = EVALUATED_POLICIES.findIndex(({ name }) => name === 'base');

const rl = EVALUATED_POLICIES.findIndex(({ name }) => name === 'rl');

type DuringRl = NonNullable<RunConfig['evaluation']['duringRl']>;

async function aRun(name: string, duringRl?: Pick<DuringRl, 'everyIterations' | 'source'>) {
  const config = aRunConfig();
  if (duringRl) config.evaluation.duringRl = { figure: 'accuracy', goesOn: 'last', ...duringRl };
  config.evaluation.sampling.maxNewTokens = 4;
  const { store, prompts } = await aStoredRun(join(folder, name), config);
  await store.write(promptsKey(RUN_ID, 'evaluation'), encodeRecords(prompts));
  await finishWork(store, promptsPrefix(RUN_ID));
  return { store, prompts };
}

/** The base model as if an iteration had made it. */
async function copyPolicy(store: Store, folder: string): Promise<void> {
  for (const key of await store.list(MODEL_PREFIX)) await store.copy(key, folder + key.slice(MODEL_PREFIX.length));
  await finishWork(store, folder);
}

const omitFigures = ({ figures: _, ...counts }: IterationMeasurement) => counts;

describe('runEvaluate', () => {
  it('keeps a record per prompt below the policy and the benchmark, and one manifest of them all', async () => {
    const { store, prompts } = await aRun('whole');
    const deps = jobDeps(store);
    const summary = await runEvaluate(deps, job, base);
    expect(summary).toMatchObject({ prompts: 4, correct: 0, formatted: 0 });
    expect(deps.reports.at(-1)).toMatchObject({ stage: 'evaluate base', done: 4, total: 4 });

    const key = recordsKey(benchmarkPrefix(RUN_ID, 'base', 'held-out'));
    const records = await readRecords(store, key, EvaluationRecord);
    expect(records.map(({ promptId }) => promptId)).toEqual(prompts.map(({ promptId }) => promptId));
    const manifest = await readJson(store, manifestKey(evaluationPrefix(RUN_ID, 'base')), Manifest);
    expect(manifest.parts).toMatchObject([{ key, records: 4 }]);
    expect(manifest.versions).toMatchObject({ 'held-out': '1', accuracy: BUILT_IN_VERSIONS.accuracy, format: '1' });
  });

  it('takes of the RL policy what it answered while it learned', async () => {
    const { store } = await aRun('measured', { everyIterations: 2 });
    await copyPolicy(store, checkpointPrefix(RUN_ID, 1));
    const deps = jobDeps(store);
    const measured = await runEvaluateIteration(deps, { ...job, iteration: 1 });
    expect(measured).toMatchObject({ prompts: 4, figures: { accuracy: { accuracy: 0, n: 4 } } });
    const asked = deps.reports.length;
    expect(await runEvaluate(deps, job, rl)).toEqual(omitFigures(measured));
    expect(deps.reports).toHaveLength(asked);
    const recordsOf = (policy: string) => store.read(recordsKey(benchmarkPrefix(RUN_ID, policy, 'held-out')));
    expect(await recordsOf('rl')).toEqual(await recordsOf('iteration-000001'));
  });

  it('asks it anew where it was chosen by prompts of their own', async () => {
    const source = { kind: 'dataset' as const, path: 'datasets/choice/choice.jsonl' };
    const { store, prompts } = await aRun('chosen', { everyIterations: 2, source });
    await copyPolicy(store, checkpointPrefix(RUN_ID, 1));
    await store.write(promptsKey(RUN_ID, MEASURING_SET), encodeRecords(prompts.slice(2)));
    const deps = jobDeps(store);
    expect(await runEvaluateIteration(deps, { ...job, iteration: 1 })).toMatchObject({ prompts: 2 });
    expect(await runEvaluate(deps, job, rl)).toMatchObject({ prompts: 4 });
  });

  it('knows no other policies than those listed', async () => {
    const { store } = await aRun('other');
    await expect(runEvaluate(jobDeps(store), job, 3)).rejects.toThrow('evaluate has policies 0 to 2, not 3');
  });
});
