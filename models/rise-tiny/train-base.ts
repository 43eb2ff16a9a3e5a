/**
 * Trains rise-tiny's base weights from nothing on the base corpus (src/tasks/base-corpus.ts) with this project's own
 * engine, and writes `model.safetensors` (bfloat16) beside this file.
 *
 *     node models/rise-tiny/train-base.ts [--steps 6000] [--batch 32] [--out models/rise-tiny]
 *
 * Deterministic: example `i` is a pure function of `i`. Saves its state every 500 steps and goes on from it when rerun.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../src/engine/backend.ts';
import type { TrainingSequence } from '../../src/engine/batch.ts';
import { type CompletionPass, createCompletionPass } from '../../src/engine/completion-pass.ts';
import { generate } from '../../src/engine/generation/generate.ts';
import { sftLoss } from '../../src/engine/losses/sft-loss.ts';
import { folderModelFiles, requireModelJson } from '../../src/engine/model-files.ts';
import { parseModelConfig } from '../../src/engine/models/qwen2_5_vl/config.ts';
import { initializeWeights } from '../../src/engine/models/qwen2_5_vl/initialize-weights.ts';
import { Qwen25VL } from '../../src/engine/models/qwen2_5_vl/model.ts';
import type { Policy } from '../../src/engine/policy.ts';
import { loadProcessor } from '../../src/engine/processing/processor.ts';
import { encodeSafetensors, type HostTensor, readSafetensors } from '../../src/engine/safetensors.ts';
import { createTrainer, type Trainer } from '../../src/engine/train-step.ts';
import { packageRoot } from '../../src/package-root.ts';
import { deriveSeed } from '../../src/schema/seeds.ts';
import { BASE_HABITS, CLEAN_HABITS, drawBaseExample, drawTasks, type Task } from '../../src/tasks/index.ts';

const SAVE_EVERY = 500;
/** Share of the steps on worked solutions alone, before the habits that leave the model half knowing. */
const CLEAN_FRACTION = 0.75;
/**
 * Stays the random projection it begins as: it preserves colours and edges, whereas Adam's steps, equal for each of 1,176 inputs
 * that move together, throw its outputs about until colours are lost.
 */
const PATCH_EMBEDDING = 'visual.patch_embed.proj.weight';
const OPTIMIZER = {
  learningRate: 2e-3,
  schedule: 'cosine',
  warmupFraction: 0.03,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.98,
  maxGradNorm: 1,
} as const;

const folder = join(packageRoot, 'models/rise-tiny');
const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '6000' },
    batch: { type: 'string', default: '32' },
    out: { type: 'string', default: folder },
  },
});
await main({ steps: Number(values.steps), batchSize: Number(values.batch), out: values.out });

async function main({ steps, batchSize, out }: { steps: number; batchSize: number; out: string }): Promise<void> {
  loadBackend();
  const files = folderModelFiles(folder);
  const config = parseModelConfig(await requireModelJson(files, 'config.json'));
  const policy = { model: new Qwen25VL(config, initializeWeights(config, 0)), processor: await loadProcessor(files) };
  const trainable = new Map([...policy.model.weights].filter(([name]) => name !== PATCH_EMBEDDING));
  const trainer = createTrainer(trainable, OPTIMIZER, steps);
  const pass = createPass(policy.model, trainer, steps);
  const stateFolder = join(out, 'training-state');
  await mkdir(stateFolder, { recursive: true });
  await restore(stateFolder, policy.model, trainer);
  for (let started = Date.now(), loss = 0; trainer.optimizer.stepCount < steps; ) {
    const first = trainer.optimizer.stepCount * batchSize;
    const habits = trainer.optimizer.stepCount < CLEAN_FRACTION * steps ? CLEAN_HABITS : BASE_HABITS;
    const examples = Array.from({ length: batchSize }, (_, at) => drawBaseExample(first + at, habits));
    const sequences = await Promise.all(examples.map(({ task, response }) => toSequence(policy, task, response)));
    const tokens = sequences.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
    loss += trainer.step([pass.run(sequences, {}, tokens)]).loss / 100;
    const done = trainer.optimizer.stepCount;
    if (done % 100 === 0) {
      console.log(`step ${done}/${steps} loss ${loss.toFixed(4)} ${((Date.now() - started) / 100).toFixed(0)} ms/step`);
      started = Date.now();
      loss = 0;
    }
    if (done % SAVE_EVERY === 0 || done === steps) {
      await save(stateFolder, policy.model, trainer);
      await evaluate(policy);
      started = Date.now();
    }
  }
  await writeFile(join(out, 'model.safetensors'), encodeSafetensors(hostWeights(policy.model), 'BF16'));
}

async function toSequence({ processor }: Policy, task: Task, response: string): Promise<TrainingSequence> {
  return {
    prompt: await processTask(processor, task),
    completionIds: [...processor.encode(response), processor.stopTokenIds[0]],
  };
}

function processTask(processor: Policy['processor'], task: Task) {
  return processor.processPrompt({
    content: [
      { type: 'image', image: task.image },
      { type: 'text', text: task.question },
    ],
  });
}

function createPass(model: Qwen25VL, trainer: Trainer, steps: number): CompletionPass<never> {
  const computeLoss = (logprobs_N: tf.Tensor1D, _values: unknown, tokenCount: tf.Scalar) =>
    sftLoss(logprobs_N, tokenCount);
  return createCompletionPass(model, trainer.variables, computeLoss, steps);
}

/** Prints, per tier, how often a sample at temperature 1 and the greedy answer are right on tasks the corpus never shows. */
async function evaluate(policy: Policy): Promise<void> {
  const tiers = { read: 64, count: 64, sum: 64, difference: 64, product: 64 };
  const tasks = drawTasks({ tiers, seed: 0, split: 'train' });
  const prompts = await Promise.all(tasks.map((task) => processTask(policy.processor, task)));
  for (const temperature of [1, 0]) {
    const right: Record<string, number> = {};
    for (let start = 0; start < tasks.length; start += 64) {
      const requests = prompts
        .slice(start, start + 64)
        .map((prompt, at) => ({ prompt, seed: deriveSeed('base', start + at) }));
      const settings = { temperature, topP: 1, topK: 0, maxNewTokens: 48, stopTokenIds: policy.processor.stopTokenIds };
      generate(policy.model, requests, settings).forEach((completion, at) => {
        const task = tasks[start + at];
        const text = policy.processor.decode(completion.tokenIds, { skipSpecialTokens: true });
        right[task.tier] = (right[task.tier] ?? 0) + (text.includes(`\\boxed{${task.answer}}`) ? 1 / 64 : 0);
        if (at < 5 && start === 0) console.log(`  ${task.tier} ${task.answer}: ${text}`);
      });
    }
    console.log(
      `temperature ${temperature}`,
      Object.entries(right)
        .map(([tier, share]) => `${tier} ${share.toFixed(2)}`)
        .join('  '),
    );
  }
}

function hostWeights(model: Qwen25VL): Map<string, HostTensor> {
  return new Map(
    [...model.weights].map(([name, weight]) => [name, { shape: weight.shape, data: weight.dataSync<'float32'>() }]),
  );
}

async function save(stateFolder: string, model: Qwen25VL, trainer: Trainer): Promise<void> {
  const weights = [...hostWeights(model)].map(([name, tensor]): [string, HostTensor] => [`${name}.weights`, tensor]);
  const state = new Map([...weights, ...trainer.optimizer.state()]);
  state.set('step', { shape: [1], data: Float32Array.of(trainer.optimizer.stepCount) });
  await writeFile(join(stateFolder, 'state.tmp'), encodeSafetensors(state));
  await rename(join(stateFolder, 'state.tmp'), join(stateFolder, 'state.safetensors'));
}

async function restore(stateFolder: string, model: Qwen25VL, trainer: Trainer): Promise<void> {
  const file = join(stateFolder, 'state.safetensors');
  if (!existsSync(file)) return;
  const state = readSafetensors(await readFile(file), file);
  for (const [name, weight] of model.weights) {
    const saved = state.get(`${name}.weights`);
    if (saved) weight.assign(tf.tensor(saved.data, saved.shape));
  }
  trainer.optimizer.restore(state, state.get('step')!.data[0]);
  console.log(`going on from step ${trainer.optimizer.stepCount}`);
}
