/**
 * Trains rise-tiny's base weights from nothing on the base corpus (corpus/base-corpus.ts) with this project's own
 * engine, and writes `model.safetensors` (bfloat16) beside this file.
 *
 *     node models/rise-tiny/train-base.ts [--out models/rise-tiny]
 *
 * Deterministic: example `i` is a pure function of `i`. Saves its state every 500 steps and goes on from it when rerun.
 */

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { sft } from '../../src/algorithms/sft.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { deriveSeed } from '../../src/base/seeds.ts';
import { createSampler } from '../../src/engine/generation/sampler.ts';
import { findArchitecture } from '../../src/engine/models/registry.ts';
import type { VisionLanguageModel } from '../../src/engine/models/vision-language-model.ts';
import type { Policy } from '../../src/engine/policy.ts';
import { questionContent } from '../../src/engine/processing/question-content.ts';
import { loadBackend } from '../../src/engine/runtime/backend.ts';
import type { NativeTensor } from '../../src/engine/runtime/native-tensor.ts';
import { createTracedExecutor } from '../../src/engine/runtime/traced-executor.ts';
import type { TrainingSequence } from '../../src/engine/training/batch.ts';
import { createTrainer, type Trainer } from '../../src/engine/training/trainer.ts';
import { encodeSafetensors, type HostTensor, type TensorSource } from '../../src/engine/weights/encode-safetensors.ts';
import { loadTensors } from '../../src/engine/weights/load-tensors.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import { readModelSettings } from '../../src/engine/weights/model-settings.ts';
import { readTensorHeader } from '../../src/engine/weights/safetensors-header.ts';
import { charts } from '../../src/tasks/charts/charts.ts';
import type { Task } from '../../src/tasks/family.ts';
import { BASE_HABITS, CLEAN_HABITS, drawBaseExample, HASTY_HABITS, type Habits } from './corpus/base-corpus.ts';

const BATCH_SIZE = 32;
const SAVE_EVERY = 500;

/** One stretch of training with a learning-rate schedule of its own; `habits` change within it. */
interface Course {
  learningRate: number;
  parts: { steps: number; habits: Habits }[];
}

/** First to see and to calculate, then to be hasty and sloppy; last, gently, to be asked what it cannot know. */
const COURSES: Course[] = [
  {
    learningRate: 2e-3,
    parts: [
      { steps: 3375, habits: CLEAN_HABITS },
      { steps: 1125, habits: HASTY_HABITS },
    ],
  },
  { learningRate: 1e-3, parts: [{ steps: 700, habits: BASE_HABITS }] },
];

const OPTIMIZER = {
  schedule: 'cosine',
  warmupFraction: 0.03,
  maxGradNorm: 1,
  name: 'adamw',
  options: { beta1: 0.9, beta2: 0.98, weightDecay: 0.01 },
} as const;

/**
 * Stays the random projection it begins as: it preserves colours and edges, whereas Adam's steps, equal for each of 1,176 inputs
 * that move together, throw its outputs about until colours are lost.
 */
const PATCH_EMBEDDING = 'visual.patch_embed.proj.weight';

const folder = join(packageRoot, 'models/rise-tiny');
const { values } = parseArgs({ options: { out: { type: 'string', default: folder } } });

async function main(out: string): Promise<void> {
  loadBackend();
  const policy = await createPolicy();
  const stateFolder = join(out, 'training-state');
  await mkdir(stateFolder, { recursive: true });
  const state = await readState(stateFolder);
  if (state) restoreWeights(policy.model, state);
  for (let index = courseOf(state); index < COURSES.length; index++) {
    await takeCourse(policy, index, courseOf(state) === index ? state : undefined, stateFolder);
  }
  await writeFile(join(out, 'model.safetensors'), encodeSafetensors(hostWeights(policy.model), 'BF16'));
}

/** rise-tiny with random weights. */
async function createPolicy(): Promise<Policy> {
  const settings = await readModelSettings(folderModelFiles(folder).read);
  const json = settings.requireJson('config.json');
  const architecture = findArchitecture(json);
  const config = architecture.parseConfig(json);
  const model = architecture.createModel(config, architecture.initializeWeights(config, 0));
  return { model, architecture, processor: architecture.createProcessor(settings, {}) };
}

async function takeCourse(policy: Policy, index: number, state: State | undefined, stateFolder: string): Promise<void> {
  const { learningRate, parts } = COURSES[index];
  const steps = countSteps(COURSES[index]);
  const trainable = new Map([...policy.model.weights].filter(([name]) => name !== PATCH_EMBEDDING));
  const executor = createTracedExecutor();
  const trainer = createTrainer(policy.model, executor, {
    objective: sft,
    trainable,
    optimizer: { ...OPTIMIZER, learningRate },
    totalSteps: steps,
    microBatchSequences: BATCH_SIZE,
  });
  if (state) trainer.optimizer.restore(state, state.get('step')!.toFloat32()[0]);
  const earlierSteps = COURSES.slice(0, index).reduce((sum, course) => sum + countSteps(course), 0);
  for (let started = Date.now(), loss = 0; trainer.optimizer.stepCount < steps; ) {
    const step = trainer.optimizer.stepCount;
    const habits = step < parts[0].steps ? parts[0].habits : parts[1].habits;
    const sequences = await drawSequences(policy, (earlierSteps + step) * BATCH_SIZE, habits);
    loss += trainer.step(sequences).loss / 100;
    const done = step + 1;
    if (done % 100 === 0) {
      const pace = ((Date.now() - started) / 100).toFixed(0);
      console.log(`course ${index + 1} step ${done}/${steps} loss ${loss.toFixed(4)} ${pace} ms/step`);
      started = Date.now();
      loss = 0;
    }
    if (done % SAVE_EVERY === 0 || done === steps) {
      trainer.updateModel();
      await saveState(stateFolder, policy.model, index, trainer);
      await evaluate(policy);
      started = Date.now();
    }
  }
  trainer.updateModel();
  executor.dispose();
}

const countSteps = (course: Course) => course.parts.reduce((sum, part) => sum + part.steps, 0);

function drawSequences(policy: Policy, first: number, habits: Habits): Promise<TrainingSequence[]> {
  const examples = Array.from({ length: BATCH_SIZE }, (_, at) => drawBaseExample(first + at, habits));
  return Promise.all(examples.map(({ task, response }) => toSequence(policy, task, response)));
}

async function toSequence({ processor }: Policy, task: Task, response: string): Promise<TrainingSequence> {
  return {
    prompt: await processTask(processor, task),
    completionIds: [...processor.encode(response), processor.stopTokenIds[0]],
  };
}

function processTask(processor: Policy['processor'], task: Task) {
  return processor.processPrompt({ content: questionContent(task.question, task.images) });
}

/** Prints, per tier, how often a sample at temperature 1 and the greedy answer are right on tasks the corpus never shows. */
async function evaluate(policy: Policy): Promise<void> {
  const tiers = { read: 64, count: 64, sum: 64, difference: 64, product: 64 };
  const tasks = charts.draw({ tiers, seed: 0, split: 'train' });
  const prompts = await Promise.all(tasks.map((task) => processTask(policy.processor, task)));
  const requests = prompts.map((prompt, at) => ({ prompt, seed: deriveSeed('base', at) }));
  const executor = createTracedExecutor();
  const sampler = createSampler(policy.model, executor, 64);
  for (const temperature of [1, 0]) {
    const right: Record<string, number> = {};
    const settings = { temperature, topP: 1, topK: 0, maxNewTokens: 48, stopTokenIds: policy.processor.stopTokenIds };
    const completions = await sampler.generate(requests, settings);
    for (const [at, completion] of completions.entries()) {
      const task = tasks[at];
      const text = policy.processor.decode(completion.tokenIds, { skipSpecialTokens: true });
      right[task.tier] = (right[task.tier] ?? 0) + (text.includes(`\\boxed{${task.answer}}`) ? 1 / 64 : 0);
      if (at < 5) console.log(`  ${task.tier} ${task.answer}: ${text}`);
    }
    console.log(
      `temperature ${temperature}`,
      Object.entries(right)
        .map(([tier, share]) => `${tier} ${share.toFixed(2)}`)
        .join('  '),
    );
  }
  executor.dispose();
}

function hostWeights(model: VisionLanguageModel): Map<string, HostTensor> {
  return new Map(
    [...model.weights].map(([name, weight]) => [name, { shape: weight.shape, data: weight.dataSync<'float32'>() }]),
  );
}

type State = Map<string, NativeTensor>;

const courseOf = (state: State | undefined) => state?.get('course')?.toFloat32()[0] ?? 0;

async function saveState(
  stateFolder: string,
  model: VisionLanguageModel,
  course: number,
  trainer: Trainer<object>,
): Promise<void> {
  const weights = [...hostWeights(model)].map(([name, tensor]): [string, HostTensor] => [`${name}.weights`, tensor]);
  const state = new Map<string, HostTensor | TensorSource>([...weights, ...trainer.optimizer.state()]);
  state.set('course', { shape: [1], data: Float32Array.of(course) });
  state.set('step', { shape: [1], data: Float32Array.of(trainer.optimizer.stepCount) });
  await writeFile(join(stateFolder, 'state.tmp'), encodeSafetensors(state));
  await rename(join(stateFolder, 'state.tmp'), join(stateFolder, 'state.safetensors'));
}

async function readState(stateFolder: string): Promise<State | undefined> {
  const file = await folderModelFiles(stateFolder).open('state.safetensors');
  return file && loadTensors(await readTensorHeader(file));
}

function restoreWeights(model: VisionLanguageModel, state: State): void {
  for (const [name, weight] of model.weights) {
    const saved = tf.tensor(state.get(`${name}.weights`)!.toFloat32(), weight.shape);
    weight.assign(saved);
    saved.dispose();
  }
}

await main(values.out);
