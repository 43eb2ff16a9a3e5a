/**
 * Milliseconds of an SFT step of rise-tiny's shape with its vision tower frozen, op by op and traced, on the same batches.
 * Steps that trace a new shape stand out; the whole job counts them.
 *
 *     node test/bench/training-step.ts [--steps 20] [--batch 32]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../src/engine/backend.ts';
import { buildSequenceBatch, computeCompletionLogprobs, type TrainingSequence } from '../../src/engine/batch.ts';
import { createCompletionPass } from '../../src/engine/completion-pass.ts';
import { sftLoss } from '../../src/engine/losses/sft-loss.ts';
import { folderModelFiles, requireModelJson } from '../../src/engine/model-files.ts';
import { parseModelConfig } from '../../src/engine/models/qwen2_5_vl/config.ts';
import { initializeWeights } from '../../src/engine/models/qwen2_5_vl/initialize-weights.ts';
import { Qwen25VL } from '../../src/engine/models/qwen2_5_vl/model.ts';
import { loadProcessor } from '../../src/engine/processing/processor.ts';
import { createTrainer, type MicroBatch, selectTrainable } from '../../src/engine/train-step.ts';
import { packageRoot } from '../../src/package-root.ts';
import { BASE_HABITS, drawBaseExample } from '../../src/tasks/index.ts';
import { differentiate } from '../support/differentiate.ts';

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '20' }, batch: { type: 'string', default: '32' } },
});
const steps = Number(values.steps);
const batchSize = Number(values.batch);
const optimizer = {
  learningRate: 1e-3,
  schedule: 'constant',
  warmupFraction: 0,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.95,
  maxGradNorm: 1,
} as const;

loadBackend();
const files = folderModelFiles(join(packageRoot, 'models/rise-tiny'));
const config = parseModelConfig(await requireModelJson(files, 'config.json'));
const processor = await loadProcessor(files);
const batches = await Promise.all(Array.from({ length: steps }, (_, step) => drawBatch(step)));

const eager = await timeSteps((model, sequences) => {
  const batch = buildSequenceBatch(sequences, config);
  return differentiate(selectTrainable(model.weights, true), () =>
    sftLoss(computeCompletionLogprobs(model, batch).logprobs_N, batch.completionTokenCount),
  );
});
let pass: ReturnType<typeof createCompletionPass> | undefined;
const traced = await timeSteps((model, sequences) => {
  const loss = (logprobs_N: tf.Tensor1D, _: unknown, tokenCount: tf.Scalar) => sftLoss(logprobs_N, tokenCount);
  pass ??= createCompletionPass(model, selectTrainable(model.weights, true), loss, Number.POSITIVE_INFINITY);
  return pass.run(
    sequences,
    {},
    sequences.reduce((sum, { completionIds }) => sum + completionIds.length, 0),
  );
});
const difference = Math.max(...eager.losses.map((loss, step) => Math.abs(loss - traced.losses[step]) / Math.abs(loss)));
for (const [name, { milliseconds, cpuMilliseconds }] of Object.entries({ eager, traced })) {
  console.log(`${name}: ms per step ${milliseconds.map(Math.round).join(' ')}`);
  console.log(`${name}: median ${median(milliseconds)} ms, ${median(cpuMilliseconds)} ms of CPU`);
  console.log(`${name}: whole job ${sum(milliseconds)} ms, ${sum(cpuMilliseconds)} ms of CPU`);
}
console.log(`largest relative difference of losses: ${difference}`);

async function drawBatch(step: number): Promise<TrainingSequence[]> {
  return Promise.all(
    Array.from({ length: batchSize }, async (_, at) => {
      const { task, response } = drawBaseExample(step * batchSize + at, BASE_HABITS);
      const prompt = await processor.processPrompt({
        content: [
          { type: 'image', image: task.image },
          { type: 'text', text: task.question },
        ],
      });
      return { prompt, completionIds: [...processor.encode(response), processor.stopTokenIds[0]] };
    }),
  );
}

async function timeSteps(toMicroBatch: (model: Qwen25VL, sequences: TrainingSequence[]) => MicroBatch) {
  const model = new Qwen25VL(config, initializeWeights(config, 0));
  const trainer = createTrainer(selectTrainable(model.weights, true), optimizer, steps);
  const milliseconds: number[] = [];
  const cpuMilliseconds: number[] = [];
  const losses: number[] = [];
  for (const sequences of batches) {
    const started = { wall: performance.now(), cpu: process.cpuUsage() };
    losses.push(trainer.step([toMicroBatch(model, sequences)]).loss);
    const { user, system } = process.cpuUsage(started.cpu);
    milliseconds.push(performance.now() - started.wall);
    cpuMilliseconds.push((user + system) / 1000);
  }
  return { milliseconds, cpuMilliseconds, losses };
}

function median(numbers: readonly number[]): string {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)].toFixed(1);
}

function sum(numbers: readonly number[]): string {
  return numbers.reduce((a, b) => a + b, 0).toFixed(0);
}
