import { join } from 'node:path';
import { encodeWholeSafetensors } from '../../../src/engine/weights/encode-safetensors.ts';
import type { StoredSftExample } from '../../../src/formats/format.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { DivergedError, InterruptedError } from '../../../src/schema/errors.ts';
import {
  checkpointPrefix,
  configKey,
  manifestKey,
  metricsKey,
  resumeStepPrefix,
  sftCheckpointPrefix,
  sftIndexKey,
  sftResumePrefix,
  sftShardsPrefix,
} from '../../../src/schema/keys.ts';
import type { Prompt } from '../../../src/schema/prompt.ts';
import { SftIndexEntry } from '../../../src/schema/sft-example.ts';
import { readExamples } from '../../../src/stages/train-sft/read-examples.ts';
import { runTrainSft } from '../../../src/stages/train-sft/run-train-sft.ts';
import { storedModelFiles } from '../../../src/store/model-files.ts';
import { encodeRecords, readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { anExpertRoute } from '../../support/factories.ts';
import { finishWork, openWork } from '../../support/finished-work.ts';
import { readWeights } from '../../support/model-files.ts';
import { packFiles } from '../../support/shards.ts';
import { aRunConfig, aStoredRun, crashingDeps, jobDeps, MODEL_PREFIX, RUN_ID } from '../../support/stored-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
let runs = 0;
const job = { runId: RUN_ID, configKey: configKey(RUN_ID), policyVersion: 1 };

async function anExample(store: Store, prompt: Prompt): Promise<StoredSftExample> {
  return {
    example: {
      exampleId: `${prompt.promptId}.expert`,
      source: 'expert',
      promptId: prompt.promptId,
      response: `<think> count </think> <answer> \\boxed{${prompt.groundTruth}} </answer>`,
      provenance: {
        runId: RUN_ID,
        route: anExpertRoute(prompt.promptId),
        expertProvider: 'worked-solution',
        graderVersion: '1',
      },
    },
    prompt,
    images: await Promise.all(prompt.images.map(({ key }) => store.read(key))),
  };
}

/** A run at the state where SFT starts: five examples in a few shards, or as many as asked for. */
async function aPublishedRun(
  sft: Partial<RunConfig['sft']> = {},
  exampleCount = 5,
  compute: Partial<RunConfig['compute']> = {},
): Promise<Store> {
  const config = aRunConfig({ sft, rl: { iterations: 1 }, compute });
  const { store, prompts } = await aStoredRun(join(folder, String(runs++)), config);
  for (const key of await store.list(MODEL_PREFIX)) {
    await store.write(key.replace(MODEL_PREFIX, checkpointPrefix(RUN_ID, 0)), await store.read(key));
  }
  await finishWork(store, checkpointPrefix(RUN_ID, 0));
  const all = [...prompts, { ...prompts[0], promptId: 'prompt-4', groundTruth: '12' }].slice(0, exampleCount);
  const examples = await Promise.all(all.map((prompt) => anExample(store, prompt)));
  const prefix = sftShardsPrefix(RUN_ID);
  const work = await openWork(store, { prefix, stage: 'publish', runId: RUN_ID, seed: 0 });
  const files = await packFiles(examples, 3);
  for (const { name, bytes, index } of files) await work.writePart(`${prefix}${name}`, bytes, index.length);
  await work.writePart(sftIndexKey(RUN_ID), encodeRecords(files.flatMap(({ index }) => index)));
  await work.finish({});
  return store;
}

const manifestOf = async (store: Store) => (await store.read(manifestKey(sftCheckpointPrefix(RUN_ID)))).toString();

async function metricsOf(store: Store): Promise<Record<string, number>[]> {
  const lines = (await store.read(metricsKey(sftCheckpointPrefix(RUN_ID)))).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

const lossesOf = async (store: Store) => (await metricsOf(store)).map((metrics) => metrics['loss/sft']);

describe('runTrainSft', () => {
  it.each<[damage: string, change: (bytes: Buffer) => Buffer]>([
    ['emptied', () => Buffer.alloc(0)],
    ['cut', (bytes) => bytes.subarray(0, bytes.length - 700)],
    ['changed in one byte', (bytes) => Buffer.from(bytes).fill(bytes[600] + 1, 600, 601)],
  ])('refuses by name a shard that was %s', async (_, change) => {
    const store = await aPublishedRun();
    const [shard] = (await store.list(sftShardsPrefix(RUN_ID))).filter((key) => key.endsWith('.tar'));
    await store.write(shard, change(await store.read(shard)));
    await expect(runTrainSft(jobDeps(store), job)).rejects.toThrow(new RegExp(`^${shard} .*, its manifest says`));
  });

  it('begins with the order of the index, not with that of the tars', async () => {
    const store = await aPublishedRun();
    const index = await readRecords(store, sftIndexKey(RUN_ID), SftIndexEntry);
    const examples = await readExamples(store, RUN_ID);
    expect(examples.map(({ example }) => example.exampleId)).toEqual(
      index.toSorted((left, right) => left.order! - right.order!).map(({ exampleId }) => exampleId),
    );
  });

  let uninterrupted: Store;
  beforeAll(async () => {
    uninterrupted = await aPublishedRun();
    await runTrainSft(jobDeps(uninterrupted), job);
  });

  it('follows the loss curve of PyTorch', async () => {
    const store = await aPublishedRun();
    const deps = jobDeps(store);
    const summary = await runTrainSft(deps, job);
    const losses = await lossesOf(store);
    // transformers 5.23 and torch 2.15 (AdamW, clip_grad_norm_) in float32 on the same batches.
    const reference = [6.45168, 5.43961, 4.72718, 4.20957, 4.11259, 3.36088, 3.18076, 2.87458, 2.45706];
    expect(losses).toHaveLength(9);
    losses.forEach((loss, step) => {
      expect(loss).toBeCloseTo(reference[step], 3);
    });
    expect(summary).toEqual({ examples: 5, epochs: 3, steps: 9, finalLoss: losses[8], precision: 'float32' });
    expect(deps.reports.at(-1)).toMatchObject({ stage: 'train-sft', done: 15, total: 15 });
  });

  it('leaves under a tenth of the tokens to padding', async () => {
    for (const metrics of await metricsOf(uninterrupted)) {
      expect(metrics['train/paddingFraction']).toBeGreaterThanOrEqual(0);
      expect(metrics['train/paddingFraction']).toBeLessThan(0.1);
    }
  });

  it('does not depend on how a step is cut into micro-batches', async () => {
    const [one, two] = [await aPublishedRun({ epochs: 1 }), await aPublishedRun({ epochs: 1, microBatchSequences: 2 })];
    await runTrainSft(jobDeps(one), job);
    await runTrainSft(jobDeps(two), job);
    const [first, second] = [await lossesOf(one), await lossesOf(two)];
    first.forEach((loss, step) => {
      expect(second[step]).toBeCloseTo(loss, 4);
    });
  });

  it.each([1, 3, 7])('stopped after step %d and run again, ends as if never stopped, bit for bit', async (step) => {
    const store = await aPublishedRun();
    await expect(runTrainSft(jobDeps(store, step), job)).rejects.toThrow(InterruptedError);
    const deps = jobDeps(store);
    await runTrainSft(deps, job);
    expect(deps.reports).toHaveLength(9 - step);
    expect(await manifestOf(store)).toBe(await manifestOf(uninterrupted));
    expect(await lossesOf(store)).toEqual(await lossesOf(uninterrupted));
    expect(await store.list(sftResumePrefix(RUN_ID))).toEqual([]);
  });

  it('in bf16, stopped and run again, ends as if never stopped too', async () => {
    const [whole, stopped] = [
      await aPublishedRun({}, 5, { precision: 'bf16' }),
      await aPublishedRun({}, 5, { precision: 'bf16' }),
    ];
    expect(await runTrainSft(jobDeps(whole), job)).toMatchObject({ precision: 'bf16' });
    await expect(runTrainSft(jobDeps(stopped, 4), job)).rejects.toThrow(InterruptedError);
    await runTrainSft(jobDeps(stopped), job);
    expect(await manifestOf(stopped)).toBe(await manifestOf(whole));
  });

  it('killed, goes on from the last checkpoint that was due', async () => {
    const store = await aPublishedRun({}, 5, { checkpointSeconds: 0 });
    await expect(runTrainSft(crashingDeps(store, 4), job)).rejects.toThrow('crash');
    const deps = jobDeps(store);
    await runTrainSft(deps, job);
    expect(deps.reports).toHaveLength(9 - 3);
    expect(await manifestOf(store)).toBe(await manifestOf(uninterrupted));
    expect(await store.list(sftResumePrefix(RUN_ID))).toEqual([]);
  });

  it('passes over a checkpoint that was not written to its end', async () => {
    const store = await aPublishedRun({}, 5, { checkpointSeconds: 0 });
    await expect(runTrainSft(crashingDeps(store, 4), job)).rejects.toThrow('crash');
    await store.delete(manifestKey(resumeStepPrefix(sftResumePrefix(RUN_ID), 3)));
    const deps = jobDeps(store);
    await runTrainSft(deps, job);
    expect(deps.reports).toHaveLength(9 - 2);
    expect(await manifestOf(store)).toBe(await manifestOf(uninterrupted));
  });

  it('refuses a checkpoint that was changed since', async () => {
    const store = await aPublishedRun();
    await expect(runTrainSft(jobDeps(store, 3), job)).rejects.toThrow(InterruptedError);
    const key = `${resumeStepPrefix(sftResumePrefix(RUN_ID), 3)}model.safetensors`;
    const weights = await store.read(key);
    weights[weights.length - 1] ^= 1;
    await store.write(key, weights);
    await expect(runTrainSft(jobDeps(store), job)).rejects.toThrow(
      /step-00000003\/model\.safetensors was changed: its sha256 is \w{64}, its manifest says \w{64}; put .* back, or delete/,
    );
  });

  /** A value of the vision tower that is not finite: every example with an image, and none without, has no finite loss. */
  async function spoilImages(store: Store): Promise<void> {
    const prefix = checkpointPrefix(RUN_ID, 0);
    const weights = await readWeights(storedModelFiles(store, prefix));
    weights.get('visual.merger.mlp.2.bias')!.data[0] = Infinity;
    await store.write(`${prefix}model.safetensors`, encodeWholeSafetensors(weights));
  }

  it('skips the steps that have no finite loss, counts them, and learns from the others', async () => {
    const optimizer = { ...aRunConfig().sft.optimizer, maxSkippedSteps: 100 };
    const store = await aPublishedRun({ sequencesPerStep: 1, optimizer });
    await spoilImages(store);
    expect(await runTrainSft(jobDeps(store), job)).toMatchObject({ steps: 6 });
    const steps = await metricsOf(store);
    expect(steps.at(-1)).toMatchObject({ 'train/updatesApplied': 6, 'train/skippedSteps': 9 });
    expect(steps.filter((step) => 'loss/sft' in step)).toHaveLength(6);
    const [before, after] = await Promise.all(
      [checkpointPrefix(RUN_ID, 0), sftCheckpointPrefix(RUN_ID)].map((prefix) =>
        readWeights(storedModelFiles(store, prefix)),
      ),
    );
    const notFinite = [...after].filter(([, { data }]) => !data.every(Number.isFinite)).map(([name]) => name);
    expect(notFinite).toEqual(['visual.merger.mlp.2.bias']);
    expect(after.get('model.norm.weight')).not.toEqual(before.get('model.norm.weight'));
  });

  it('fails when no step could be taken', async () => {
    const store = await aPublishedRun({}, 1);
    await spoilImages(store);
    await expect(runTrainSft(jobDeps(store), job)).rejects.toThrow(DivergedError);
    await expect(runTrainSft(jobDeps(store), job)).rejects.toThrow(/none of 3 optimizer steps was applied/);
    expect(await store.exists(manifestKey(sftCheckpointPrefix(RUN_ID)))).toBe(false);
  });

  it('that diverges stops after a few steps, and keeps the last good checkpoint', async () => {
    const store = await aPublishedRun({}, 5, { checkpointSeconds: 0 });
    await expect(runTrainSft(jobDeps(store, 4), job)).rejects.toThrow(InterruptedError);
    const config = aRunConfig({ rl: { iterations: 1 }, compute: { checkpointSeconds: 0 } });
    config.sft.optimizer.learningRate = 1e38;
    await store.write(configKey(RUN_ID), JSON.stringify(config));
    const lastGood = resumeStepPrefix(sftResumePrefix(RUN_ID), 4);
    const fault = 'steps 5 to 8 is not finite, more in a row than optimizer.maxSkippedSteps (3)';
    await expect(runTrainSft(jobDeps(store), job)).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`${fault}; ${lastGood} is the last good checkpoint`),
      }),
    );
    const kept = await store.list(sftResumePrefix(RUN_ID));
    expect(kept.filter((key) => key.endsWith('trainer-state.json'))).toEqual([`${lastGood}trainer-state.json`]);
  });

  it('keeps the policy as it was when there is nothing to learn', async () => {
    const store = await aPublishedRun({}, 0);
    expect(await runTrainSft(jobDeps(store), job)).toEqual({
      examples: 0,
      epochs: 3,
      steps: 0,
      precision: 'float32',
    });
    expect(await store.exists(`${sftCheckpointPrefix(RUN_ID)}model.safetensors`)).toBe(true);
  });
});
