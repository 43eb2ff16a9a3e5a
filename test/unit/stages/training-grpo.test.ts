import { join } from 'node:path';
import { loadWeightFiles } from '../../../src/engine/weight-files.ts';
import { CorruptRecordError, InterruptedError } from '../../../src/schema/errors.ts';
import {
  checkpointPrefix,
  configKey,
  iterationName,
  manifestKey,
  metricsKey,
  recordsKey,
  scoresPrefix,
} from '../../../src/schema/keys.ts';
import type { Trajectory } from '../../../src/schema/trajectory.ts';
import { runRollout } from '../../../src/stages/rollouts/run-rollout.ts';
import { storedModelFiles } from '../../../src/stages/stored-policy.ts';
import { runTrainGrpo } from '../../../src/stages/training/train-grpo.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  aRunConfig,
  aStoredRun,
  jobDeps,
  MODEL_PREFIX,
  type Overrides,
  RUN_ID,
  scoreBy,
  writePlan,
} from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
let runs = 0;
const aFolder = () => join(folder, String(runs++));

const jobOf = (iteration: number) => ({
  runId: RUN_ID,
  configKey: configKey(RUN_ID),
  rollout: iterationName(iteration),
  iteration,
  policyPrefix: iteration === 0 ? MODEL_PREFIX : checkpointPrefix(RUN_ID, iteration - 1),
  shardCount: 1,
});

/** Something a random policy does about half of the time. */
const startsWithLowToken = ({ tokenIds }: Trajectory) => tokenIds[0] < 160;

async function aRolledOutRun(overrides: Overrides = {}, isCorrect = startsWithLowToken): Promise<Store> {
  const { store, prompts } = await aStoredRun(aFolder(), aRunConfig(overrides));
  await writePlan(store, iterationName(0), prompts);
  await runRollout(jobDeps(store), jobOf(0), 0);
  await scoreBy(store, iterationName(0), isCorrect);
  return store;
}

const readLines = async (store: Store, key: string) =>
  (await store.read(key))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('runTrainGrpo', () => {
  it('makes what was rewarded more likely, iteration after iteration', async () => {
    const rl = { iterations: 4, groupSize: 8, optimizer: { ...aRunConfig().rl.optimizer, learningRate: 5e-3 } };
    const { store, prompts } = await aStoredRun(aFolder(), aRunConfig({ rl }));
    const accuracies: number[] = [];
    for (let iteration = 0; iteration < 4; iteration++) {
      await writePlan(store, iterationName(iteration), prompts);
      await runRollout(jobDeps(store), jobOf(iteration), 0);
      await scoreBy(store, iterationName(iteration), startsWithLowToken);
      accuracies.push((await runTrainGrpo(jobDeps(store), jobOf(iteration))).accuracyMean);
    }
    expect(accuracies[3]).toBeGreaterThan(accuracies[0] + 0.2);
  });

  it('gives the same checkpoint twice, bit for bit', async () => {
    const manifests = [];
    for (const store of [await aRolledOutRun(), await aRolledOutRun()]) {
      await runTrainGrpo(jobDeps(store), jobOf(0));
      manifests.push((await store.read(manifestKey(checkpointPrefix(RUN_ID, 0)))).toString());
    }
    expect(manifests[0]).toBe(manifests[1]);
  });

  it('starts on policy: nothing is clipped in the first step', async () => {
    const store = await aRolledOutRun();
    const deps = jobDeps(store);
    const summary = await runTrainGrpo(deps, jobOf(0));
    const [iteration, first, second] = await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)));
    expect(first['loss/clipFraction']).toBe(0);
    expect(first['loss/approximateKl']).toBeLessThan(1e-6);
    expect(second['loss/approximateKl']).toBeGreaterThan(1e-5);
    expect(iteration['accuracy/mean']).toBe(summary.accuracyMean);
    expect(iteration['group/zeroVarianceFraction']).toBe(1 - summary.keptGroups / summary.groups);
    expect(deps.reports.at(-1)).toMatchObject({ done: summary.sequences, total: summary.sequences });
  });

  it('keeps the vision tower as it was when it is frozen', async () => {
    const store = await aRolledOutRun();
    await runTrainGrpo(jobDeps(store), jobOf(0));
    const before = await loadWeightFiles(storedModelFiles(store, MODEL_PREFIX));
    const after = await loadWeightFiles(storedModelFiles(store, checkpointPrefix(RUN_ID, 0)));
    for (const [name, { data }] of after) {
      const source =
        before.get(name) ??
        before.get(name.replace(/^visual\./, 'model.visual.').replace(/^model\.(?!visual)/, 'model.language_model.'));
      expect([name, data.every((value, i) => value === source?.data[i])]).toEqual([name, name.startsWith('visual.')]);
    }
  });

  it('leaves the weights as they were when no group is partly correct, and says so', async () => {
    const store = await aRolledOutRun({}, () => true);
    const summary = await runTrainGrpo(jobDeps(store), jobOf(0));
    expect(summary).toMatchObject({ groups: 4, keptGroups: 0, sequences: 0, steps: 0, accuracyMean: 1 });
    const [iteration] = await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)));
    expect(iteration).toMatchObject({ 'train/steps': 0, 'group/zeroVarianceFraction': 1 });
    const before = await loadWeightFiles(storedModelFiles(store, MODEL_PREFIX));
    const after = await loadWeightFiles(storedModelFiles(store, checkpointPrefix(RUN_ID, 0)));
    expect([...after.values()].map(({ data }) => data.slice(0, 3)).toSorted()).toEqual(
      [...before.values()].map(({ data }) => data.slice(0, 3)).toSorted(),
    );
  });

  it('holds to the base policy under a KL penalty', async () => {
    const drift = [];
    for (const klCoefficient of [0, 5]) {
      const store = await aRolledOutRun({ rl: { klCoefficient, stepsPerIteration: 8 } });
      await runTrainGrpo(jobDeps(store), jobOf(0));
      drift.push((await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)))).at(-1)['loss/approximateKl']);
    }
    expect(drift[1]).toBeLessThan(drift[0]);
  });

  it('stops between steps when asked, and leaves no manifest', async () => {
    const store = await aRolledOutRun();
    await expect(runTrainGrpo(jobDeps(store, 1), jobOf(0))).rejects.toThrow(InterruptedError);
    expect(await store.exists(manifestKey(checkpointPrefix(RUN_ID, 0)))).toBe(false);
  });

  it('refuses a group whose scores are not whole', async () => {
    const store = await aRolledOutRun();
    const key = recordsKey(scoresPrefix(RUN_ID, iterationName(0), 0));
    const lines = (await store.read(key)).toString().trim().split('\n');
    await store.write(key, lines.slice(1).join('\n'));
    await expect(runTrainGrpo(jobDeps(store), jobOf(0))).rejects.toThrow(CorruptRecordError);
    await expect(runTrainGrpo(jobDeps(store), jobOf(0))).rejects.toThrow(/no score for trajectory 0 of prompt-0/);
  });
});
