import { join } from 'node:path';
import { BUILT_IN_VERSIONS } from '../../../src/rewards/index.ts';
import { EVALUATED_POLICIES } from '../../../src/schema/evaluated-policies.ts';
import { EvaluationRecord } from '../../../src/schema/evaluation.ts';
import {
  benchmarkPrefix,
  configKey,
  evaluationPrefix,
  manifestKey,
  promptsKey,
  promptsPrefix,
  recordsKey,
} from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { runEvaluate } from '../../../src/stages/evaluate/run-evaluate.ts';
import { encodeRecords, readJson, readRecords } from '../../../src/store/records.ts';
import { finishWork } from '../../support/finished-work.ts';
import { aRunConfig, aStoredRun, jobDeps, RUN_ID } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const job = { runId: RUN_ID, configKey: configKey(RUN_ID), policyVersion: 2 };
const base = EVALUATED_POLICIES.findIndex(({ name }) => name === 'base');

async function aRun(name: string) {
  const config = aRunConfig();
  config.evaluation.sampling.maxNewTokens = 4;
  const { store, prompts } = await aStoredRun(join(folder, name), config);
  await store.write(promptsKey(RUN_ID, 'evaluation'), encodeRecords(prompts));
  await finishWork(store, promptsPrefix(RUN_ID));
  return { store, prompts };
}

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

  it('knows no other policies than those listed', async () => {
    const { store } = await aRun('other');
    await expect(runEvaluate(jobDeps(store), job, 3)).rejects.toThrow('evaluate has policies 0 to 2, not 3');
  });
});
