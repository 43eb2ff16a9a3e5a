import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { encodeWholeSafetensors } from '../../../src/engine/weights/encode-safetensors.ts';
import { findDamage } from '../../../src/lineage/find-damage.ts';
import {
  CorruptRecordError,
  InterruptedError,
  NotFoundError,
  SamplerMismatchError,
} from '../../../src/schema/errors.ts';
import {
  checkpointPrefix,
  configKey,
  iterationName,
  manifestKey,
  metricsKey,
  partsPrefix,
  planPromptsKey,
  policyPrefix,
  recordsKey,
  rlResumePrefix,
  scoresPrefix,
  trainingStatePrefix,
  trajectoriesPrefix,
} from '../../../src/schema/keys.ts';
import { Prompt } from '../../../src/schema/prompt.ts';
import type { Trajectory } from '../../../src/schema/trajectory.ts';
import type { OpenPolicy } from '../../../src/stages/job-deps.ts';
import { runRollout } from '../../../src/stages/rollout/run-rollout.ts';
import { runTrainRl } from '../../../src/stages/train-rl/run-train-rl.ts';
import { MAX_MEAN_DIFFERENCE } from '../../../src/stages/train-rl/sampler-difference.ts';
import { storedModelFiles } from '../../../src/store/model-files.ts';
import { readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { readWeights } from '../../support/model-files.ts';
import {
  aRunConfig,
  aStoredRun,
  crashingDeps,
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

const jobOf = (iteration: number, policyVersion = iteration) => ({
  runId: RUN_ID,
  configKey: configKey(RUN_ID),
  rollout: iterationName(iteration),
  iteration,
  policyVersion,
  policyPrefix: policyPrefix(RUN_ID, policyVersion, MODEL_PREFIX),
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

describe('runTrainRl', () => {
  it.each([
    ['grpo', { name: 'adamw', learningRate: 5e-3 }],
    ['dr-grpo', { name: 'adamw', learningRate: 5e-3 }],
    ['grpo', { name: 'sgd', learningRate: 0.5 }],
  ])('makes what was rewarded more likely, iteration after iteration, by %s and %j', async (name, optimizer) => {
    const rl = {
      iterations: 4,
      groupSize: 8,
      algorithm: { name, options: {} },
      optimizer: { ...aRunConfig().rl.optimizer, ...optimizer },
    };
    const { store, prompts } = await aStoredRun(aFolder(), aRunConfig({ rl }));
    const accuracies: number[] = [];
    for (let iteration = 0; iteration < 4; iteration++) {
      await writePlan(store, iterationName(iteration), prompts);
      await runRollout(jobDeps(store), jobOf(iteration), 0);
      await scoreBy(store, iterationName(iteration), startsWithLowToken);
      accuracies.push((await runTrainRl(jobDeps(store), jobOf(iteration))).accuracyMean);
    }
    expect(accuracies[3]).toBeGreaterThan(accuracies[0] + 0.2);
  });

  it('gives the same checkpoint twice, bit for bit', async () => {
    const manifests = [];
    for (const store of [await aRolledOutRun(), await aRolledOutRun()]) {
      await runTrainRl(jobDeps(store), jobOf(0));
      manifests.push((await store.read(manifestKey(checkpointPrefix(RUN_ID, 0)))).toString());
    }
    expect(manifests[0]).toBe(manifests[1]);
  });

  it('starts on policy: nothing is clipped in the first step', async () => {
    const store = await aRolledOutRun();
    const deps = jobDeps(store);
    const summary = await runTrainRl(deps, jobOf(0));
    const [iteration, first, second] = await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)));
    expect(first['loss/clipFraction']).toBe(0);
    expect(first['loss/approximateKl']).toBeLessThan(1e-6);
    expect(second['loss/approximateKl']).toBeGreaterThan(1e-5);
    expect(iteration['accuracy/mean']).toBe(summary.accuracyMean);
    expect(iteration['group/zeroVarianceFraction']).toBe(1 - summary.keptGroups / summary.groups);
    expect(deps.reports.at(-1)).toMatchObject({ done: summary.sequences, total: summary.sequences });
  });

  it.each(['float32', 'bf16'] as const)(
    'counts updates, and says how far sampler and trainer are apart, in %s',
    async (precision) => {
      const store = await aRolledOutRun({ compute: { precision } });
      await runTrainRl(jobDeps(store), jobOf(0));
      const [iteration, first] = await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)));
      expect(iteration).toMatchObject({ 'train/updatesApplied': 2, 'train/skippedSteps': 0 });
      const { 'policy/samplerDifferenceMean': mean, 'policy/samplerDifferenceMax': largest } = iteration;
      expect(first).toMatchObject({ 'policy/samplerDifferenceMean': mean, 'policy/samplerDifferenceMax': largest });
      expect(mean).toBeLessThan(MAX_MEAN_DIFFERENCE[precision] / 10);
      expect(largest).toBeGreaterThan(mean);
    },
  );

  it('refuses to learn when the trainer gives the tokens other log-probabilities than the sampler', async () => {
    const store = await aRolledOutRun();
    const weights = await readWeights(storedModelFiles(store, MODEL_PREFIX));
    const norm = weights.get('model.norm.weight')!;
    norm.data = norm.data.map((weight) => 1.5 * weight);
    await store.write(`${MODEL_PREFIX}model.safetensors`, encodeWholeSafetensors(weights));
    await expect(runTrainRl(jobDeps(store), jobOf(0))).rejects.toThrow(SamplerMismatchError);
    await expect(runTrainRl(jobDeps(store), jobOf(0))).rejects.toThrow(/over the 0.001 that float32 explains/);
    expect(await store.exists(manifestKey(checkpointPrefix(RUN_ID, 0)))).toBe(false);
  });

  it('that diverges stops after a few steps, and names the policy that it began with', async () => {
    const optimizer = { ...aRunConfig().rl.optimizer, learningRate: 1e38, maxSkippedSteps: 1 };
    const store = await aRolledOutRun({ rl: { optimizer, stepsPerIteration: 4 }, compute: { checkpointSeconds: 0 } });
    await expect(runTrainRl(jobDeps(store), jobOf(0))).rejects.toThrow(
      `steps 1 to 2 is not finite, more in a row than optimizer.maxSkippedSteps (1); ${MODEL_PREFIX} is the last good`,
    );
    expect(await store.list(rlResumePrefix(RUN_ID, 0))).toEqual([]);
  });

  it('leaves under a tenth of the tokens to padding, in few graphs', async () => {
    const rl = { groupSize: 8, stepsPerIteration: 3, microBatchSequences: 3 };
    const store = await aRolledOutRun({ rl, compute: { engine: 'traced' } });
    await runTrainRl(jobDeps(store), jobOf(0));
    const [iteration, ...steps] = await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)));
    expect(steps).toHaveLength(3);
    for (const step of steps) {
      expect(step['train/paddingFraction']).toBeGreaterThanOrEqual(0);
      expect(step['train/paddingFraction']).toBeLessThan(0.1);
    }
    // Of images, forward and backward, clip, update and the like.
    expect(iteration['engine/graphs']).toBeLessThan(9);
  });

  it('keeps the vision tower as it was when it is frozen', async () => {
    const store = await aRolledOutRun();
    await runTrainRl(jobDeps(store), jobOf(0));
    const before = await readWeights(storedModelFiles(store, MODEL_PREFIX));
    const after = await readWeights(storedModelFiles(store, checkpointPrefix(RUN_ID, 0)));
    for (const [name, { data }] of after) {
      const source =
        before.get(name) ??
        before.get(name.replace(/^visual\./, 'model.visual.').replace(/^model\.(?!visual)/, 'model.language_model.'));
      expect([name, data.every((value, i) => value === source?.data[i])]).toEqual([name, name.startsWith('visual.')]);
    }
  });

  it('leaves the weights as they were when no group is partly correct, and says so', async () => {
    const store = await aRolledOutRun({}, () => true);
    const summary = await runTrainRl(jobDeps(store), jobOf(0));
    expect(summary).toMatchObject({ groups: 4, keptGroups: 0, sequences: 0, steps: 0, accuracyMean: 1 });
    const [iteration] = await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)));
    expect(iteration).toMatchObject({ 'train/steps': 0, 'group/zeroVarianceFraction': 1 });
    const before = await readWeights(storedModelFiles(store, MODEL_PREFIX));
    const after = await readWeights(storedModelFiles(store, checkpointPrefix(RUN_ID, 0)));
    expect([...after.values()].map(({ data }) => data.slice(0, 3)).toSorted()).toEqual(
      [...before.values()].map(({ data }) => data.slice(0, 3)).toSorted(),
    );
  });

  it('holds to the base policy under a KL penalty', async () => {
    const drift = [];
    for (const klCoefficient of [0, 5]) {
      const store = await aRolledOutRun({
        rl: { algorithm: { name: 'grpo', options: { klCoefficient } }, stepsPerIteration: 8 },
      });
      await runTrainRl(jobDeps(store), jobOf(0));
      drift.push((await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)))).at(-1)['loss/approximateKl']);
    }
    expect(drift[1]).toBeLessThan(drift[0]);
  });

  const manifestOf = async (store: Store, iteration = 0) =>
    (await store.read(manifestKey(checkpointPrefix(RUN_ID, iteration)))).toString();
  const isOfAttempt = (name: string) =>
    name.startsWith('time/') || ['train/tokensPerSecond', 'engine/graphs', 'job/attempt'].includes(name);
  const whateverAttempt = (lines: Record<string, number>[]) =>
    lines.map((line) => Object.fromEntries(Object.entries(line).filter(([name]) => !isOfAttempt(name))));

  it('disposes of its engine where it fails half-way', async () => {
    const store = await aRolledOutRun();
    const deps = crashingDeps(store, 3);
    const events: string[] = [];
    const openPolicy: OpenPolicy = async (...given) => {
      const engine = await deps.openPolicy(...given);
      const dispose = engine[Symbol.dispose];
      engine[Symbol.dispose] = () => {
        events.push('disposed');
        dispose.call(engine);
      };
      events.push('opened');
      return engine;
    };
    const before = memory().numTensors;
    await expect(runTrainRl({ ...deps, openPolicy }, jobOf(0))).rejects.toThrow('crash');
    expect(events).toEqual(['opened', 'disposed']);
    expect(memory().numTensors).toBe(before);
  });

  it.each([
    ['told to stop', (store: Store) => ({ ...jobDeps(store, 2), attempt: 1 }), InterruptedError],
    ['killed', (store: Store) => crashingDeps(store, 4), Error],
  ])('%s in mid-iteration, ends as if never stopped, bit for bit', async (_, depsOf, error) => {
    const overrides = {
      rl: {
        stepsPerIteration: 4,
        microBatchSequences: 4,
        algorithm: { name: 'grpo', options: { klCoefficient: 0.1 } },
      },
      compute: { checkpointSeconds: 0 },
    };
    const [whole, stopped] = [await aRolledOutRun(overrides), await aRolledOutRun(overrides)];
    await runTrainRl(jobDeps(whole), jobOf(0));
    await expect(runTrainRl(depsOf(stopped), jobOf(0))).rejects.toThrow(error);
    expect(await stopped.exists(manifestKey(checkpointPrefix(RUN_ID, 0)))).toBe(false);
    const deps = { ...jobDeps(stopped), attempt: 2 };
    await runTrainRl(deps, jobOf(0));
    expect(deps.reports[0].done).toBeGreaterThan(4);
    expect(await manifestOf(stopped)).toBe(await manifestOf(whole));
    const [lines, wholeLines] = await Promise.all(
      [stopped, whole].map((store) => readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)))),
    );
    expect(whateverAttempt(lines)).toEqual(whateverAttempt(wholeLines));
    const [attempt, ...attemptsOfSteps] = lines.map((line) => line['job/attempt']);
    expect([attempt, attemptsOfSteps[0], attemptsOfSteps.at(-1)]).toEqual([2, 1, 2]);
    expect(await stopped.list(rlResumePrefix(RUN_ID, 0))).toEqual([]);
  });

  it('refuses a group whose scores are not whole', async () => {
    const store = await aRolledOutRun();
    const key = recordsKey(scoresPrefix(RUN_ID, iterationName(0), 0));
    const lines = (await store.read(key)).toString().trim().split('\n');
    await store.write(key, lines.slice(1).join('\n'));
    await expect(runTrainRl(jobDeps(store), jobOf(0))).rejects.toThrow(CorruptRecordError);
    await expect(runTrainRl(jobDeps(store), jobOf(0))).rejects.toThrow(/no score for trajectory 0 of prompt-0/);
  });
});

describe('the state that an iteration leaves for the next', () => {
  const ITERATIONS = 3;
  const state = trainingStatePrefix(RUN_ID, 0);
  const checkpointKeys = Array.from({ length: ITERATIONS }, (_, at) => manifestKey(checkpointPrefix(RUN_ID, at)));
  const readManifests = (store: Store) =>
    Promise.all(checkpointKeys.map(async (key) => (await store.read(key)).toString()));

  /** A run of which so many iterations are done, and the next is rolled out and scored. */
  async function aRun(done: number, overrides: Overrides = {}): Promise<Store> {
    const rl = { iterations: ITERATIONS, ...overrides.rl };
    const { store, prompts } = await aStoredRun(aFolder(), aRunConfig({ ...overrides, rl }));
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      await writePlan(store, iterationName(iteration), prompts);
      await runRollout(jobDeps(store), jobOf(iteration), 0);
      await scoreBy(store, iterationName(iteration), startsWithLowToken);
      if (iteration === done) break;
      await runTrainRl(jobDeps(store), jobOf(iteration));
    }
    return store;
  }
  const deleteFolder = async (store: Store, folder: string) => {
    for (const key of await store.list(folder)) await store.delete(key);
  };

  it('is beside no checkpoint, goes when that is done, and none is left in the end, which is no damage', async () => {
    const store = await aRun(1);
    expect(await store.list('training/')).toEqual([`${state}optimizer.safetensors`, `${state}trainer-state.json`]);
    expect((await store.list(checkpointPrefix(RUN_ID, 0))).filter((key) => /optimizer|trainer/.test(key))).toEqual([]);
    const done = await aRun(ITERATIONS);
    expect(await done.list('training/')).toEqual([]);
    expect(await findDamage(done, RUN_ID, checkpointKeys, 'contents')).toEqual([]);
    const manifests = await readManifests(done);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) await runTrainRl(jobDeps(done), jobOf(iteration));
    expect(await readManifests(done)).toEqual(manifests);
  });

  it('stays while the next one is not done, which goes on from its own checkpoint', async () => {
    const store = await aRun(1, { compute: { checkpointSeconds: 0 } });
    await expect(runTrainRl(jobDeps(store, 1), jobOf(1))).rejects.toThrow(InterruptedError);
    expect(await store.list(state)).toHaveLength(2);
    await runTrainRl(jobDeps(store), jobOf(1));
    const left = [...new Set((await store.list('training/')).map((key) => key.slice(0, key.lastIndexOf('/') + 1)))];
    expect(left).toEqual([trainingStatePrefix(RUN_ID, 1)]);
  });

  it('deleted half-way, is deleted whole when the next one is found done', async () => {
    const store = await aRun(2);
    await store.write(`${state}trainer-state.json`, '{}');
    await runTrainRl(jobDeps(store), jobOf(1));
    expect(await store.list(state)).toEqual([]);
    expect(await store.list(trainingStatePrefix(RUN_ID, 1))).toHaveLength(2);
  });

  it('is refused where it was changed', async () => {
    const store = await aRun(1);
    const key = `${state}optimizer.safetensors`;
    const bytes = await store.read(key);
    bytes[bytes.length - 1] ^= 1;
    await store.write(key, bytes);
    const training = runTrainRl(jobDeps(store), jobOf(1));
    await expect(training).rejects.toThrow(CorruptRecordError);
    await expect(training).rejects.toThrow(
      /state\/optimizer\.safetensors was changed: its sha256 is \w{64}, its manifest/,
    );
  });

  it('is missed by name, with what to delete, after which the run ends as it did', async () => {
    const store = await aRun(ITERATIONS);
    const manifests = await readManifests(store);
    await deleteFolder(store, checkpointPrefix(RUN_ID, 2));
    const training = runTrainRl(jobDeps(store), jobOf(2));
    await expect(training).rejects.toThrow(NotFoundError);
    const earlier = [checkpointPrefix(RUN_ID, 0), checkpointPrefix(RUN_ID, 1)];
    await expect(training).rejects.toThrow(
      new RegExp(
        `^${trainingStatePrefix(RUN_ID, 1)}optimizer.* is not there .* delete all from ${earlier.join(' to ')} and run`,
      ),
    );
    for (const folder of earlier) await deleteFolder(store, folder);
    for (let iteration = 0; iteration < ITERATIONS; iteration++) await runTrainRl(jobDeps(store), jobOf(iteration));
    expect(await readManifests(store)).toEqual(manifests);
    expect(await store.list('training/')).toEqual([]);
  });
});

describe('a pipelined iteration', () => {
  /** Two iterations, both sampled by the base policy: the second one's sampler is one iteration old. */
  async function aPipelinedRun(rl: Overrides['rl'] = {}): Promise<Store> {
    const store = await aRolledOutRun({ rl: { pipelined: true, ...rl } });
    await writePlan(store, iterationName(1), await readPrompts(store));
    await runRollout(jobDeps(store), jobOf(1, 0), 0);
    await scoreBy(store, iterationName(1), startsWithLowToken);
    await runTrainRl(jobDeps(store), jobOf(0));
    return store;
  }
  const readPrompts = (store: Store) => readRecords(store, planPromptsKey(RUN_ID, iterationName(0), 0), Prompt);

  it('holds its ratios to the policy it begins with, and weighs tokens by that of the sampler', async () => {
    const store = await aPipelinedRun();
    await runTrainRl(jobDeps(store), jobOf(1, 0));
    const [, first, second] = await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 1)));
    expect(first['loss/clipFraction']).toBe(0);
    expect(first['loss/approximateKl']).toBeLessThan(1e-6);
    expect(second['loss/approximateKl']).toBeGreaterThan(1e-5);
    expect(first['policy/importanceMean']).not.toBeCloseTo(1, 4);
    const [, onPolicy] = await readLines(store, metricsKey(checkpointPrefix(RUN_ID, 0)));
    expect(onPolicy).not.toHaveProperty('policy/importanceMean');
  });

  it('stopped and begun again, ends as if never stopped, bit for bit', async () => {
    const manifests = [];
    for (const stopAfter of [Number.POSITIVE_INFINITY, 1]) {
      const store = await aPipelinedRun({ microBatchSequences: 16 });
      const run = runTrainRl(jobDeps(store, stopAfter), jobOf(1, 0));
      if (stopAfter === 1) await expect(run).rejects.toThrow(InterruptedError);
      await run.catch(() => runTrainRl(jobDeps(store), jobOf(1, 0)));
      manifests.push((await store.read(manifestKey(checkpointPrefix(RUN_ID, 1)))).toString());
    }
    expect(manifests[0]).toBe(manifests[1]);
  });

  it('refuses a rollout of any other policy', async () => {
    const store = await aPipelinedRun();
    await expect(runTrainRl(jobDeps(store), jobOf(1))).rejects.toThrow(/was sampled by policy 0, not 1/);
  });
});

describe('runRollout', () => {
  const overrides = { compute: { decodeBatchSequences: 4 } };

  /** Twelve prompts, decoded one at a time: three batches. */
  async function aPlannedRun() {
    const { store, prompts } = await aStoredRun(aFolder(), aRunConfig(overrides));
    const rename = (suffix: string) =>
      prompts.map((prompt) => ({ ...prompt, promptId: `${prompt.promptId}-${suffix}` }));
    await writePlan(store, iterationName(0), ['a', 'b', 'c'].flatMap(rename));
    return store;
  }

  it('does not sample finished batches again, and ends with the same records', async () => {
    const [whole, store] = [await aPlannedRun(), await aPlannedRun()];
    await runRollout(jobDeps(whole), jobOf(0), 0);
    await expect(runRollout(jobDeps(store, 2), jobOf(0), 0)).rejects.toThrow(InterruptedError);
    const deps = jobDeps(store);
    await runRollout(deps, jobOf(0), 0);
    expect(deps.reports.map(({ done }) => done)).toEqual([48]);
    const prefix = trajectoriesPrefix(RUN_ID, iterationName(0), 0);
    expect((await store.read(manifestKey(prefix))).equals(await whole.read(manifestKey(prefix)))).toBe(true);
    expect(await store.list(partsPrefix(prefix))).toEqual([]);
  });
});
