import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { grpo } from '../../../../src/algorithms/grpo.ts';
import { sft } from '../../../../src/algorithms/sft.ts';
import { packageRoot } from '../../../../src/base/package-root.ts';
import { createRandom } from '../../../../src/base/random.ts';
import { parseModelConfig } from '../../../../src/engine/models/qwen2_5_vl/config.ts';
import { initializeWeights } from '../../../../src/engine/models/qwen2_5_vl/initialize-weights.ts';
import { Qwen25VL } from '../../../../src/engine/models/qwen2_5_vl/model.ts';
import { createGradientBuffer } from '../../../../src/engine/optim/gradient-buffer.ts';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import { createExecutor, type Engine } from '../../../../src/engine/runtime/create-executor.ts';
import { nodeBackend } from '../../../../src/engine/runtime/node-backend.ts';
import { TRACED_PADDING } from '../../../../src/engine/runtime/padding.ts';
import { buildSequenceBatch, type TrainingSequence } from '../../../../src/engine/training/batch.ts';
import { createCompletionPass } from '../../../../src/engine/training/completion-pass.ts';
import { createCompletionScorer } from '../../../../src/engine/training/completion-scorer.ts';
import { createTrainer, selectTrainable } from '../../../../src/engine/training/trainer.ts';
import { computeCompletionLogprobs } from '../../../support/completion-logprobs.ts';
import { anImage, aPrompt, aTinyModel } from '../../../support/tiny-model.ts';

beforeAll(loadBackend);
afterEach(() => {
  nodeBackend().isUsingGpuDevice = false;
});

describe('a completion pass', () => {
  it('has the losses of the op-by-op engine over 50 SFT steps of rise-tiny', () => {
    const config = parseModelConfig(
      JSON.parse(readFileSync(join(packageRoot, 'models/rise-tiny/config.json'), 'utf8')),
    );
    const batches = [2, 3, 2].map((count, seed) => aRiseTinyBatch(count, seed, config.imageTokenId));
    const train = (engine: Engine) => {
      const model = new Qwen25VL(config, initializeWeights(config, 0));
      const trainable = selectTrainable(model, true);
      const settings = { ...optimizer, learningRate: 1e-3 };
      const executor = createExecutor(engine);
      const trainer = createTrainer(model, executor, {
        objective: sft,
        trainable,
        optimizer: settings,
        totalSteps: 50,
        microBatchSequences: 3,
      });
      const losses = Array.from({ length: 50 }, (_, step) => trainer.step(batches[step % 3]).loss);
      executor.dispose();
      return losses;
    };
    const [eager, traced] = [train('eager'), train('traced')];
    expect(traced[49]).toBeLessThan(traced[0] / 5);
    traced.forEach((loss, step) => {
      expect(Math.abs(loss - eager[step])).toBeLessThan(1e-5 * Math.abs(eager[step]));
    });
  });

  it.each<[string, Engine, boolean]>([
    ['op by op', 'eager', false],
    ['as a traced graph', 'traced', false],
    ["as a traced graph of TensorFlow's own ops, as on a GPU,", 'traced', true],
  ])(
    '%s has the GRPO loss, KL included, and the gradients of plain TensorFlow.js; padding adds nothing',
    (_, engine, isUsingGpuDevice) => {
      nodeBackend().isUsingGpuDevice = isUsingGpuDevice;
      const model = aTinyModel();
      const trainable = selectTrainable(model, true);
      const sequences = [
        { prompt: aPrompt(3, [anImage(4, 6)]), completionIds: [4, 5, 6, 7, 8, 9, 10] },
        { prompt: aPrompt(9), completionIds: [3, 3] },
        { prompt: aPrompt(2, [anImage(2, 2), anImage(4, 4, 8)]), completionIds: [11, 12] },
      ];
      const random = createRandom(5);
      const numbers = (low: number, high: number) =>
        Float32Array.from({ length: 11 }, () => low + (high - low) * random.next());
      const values = { sampling: numbers(-4, -3), advantages: numbers(-1, 1), reference: numbers(-4, -3) };
      const objective = grpo.create(grpo.options.parse({ klCoefficient: 0.1 }), { maxNewTokens: 8 });
      const batch = buildSequenceBatch(sequences, model.config);
      const expected = tf.variableGrads(() => {
        const { sampling, advantages, reference } = values;
        const loss_N = objective.tokenLoss({
          policy: computeCompletionLogprobs(model, batch).logprobs_N,
          sampling: tf.tensor1d(sampling),
          advantages: tf.tensor1d(advantages),
          reference: tf.tensor1d(reference),
        });
        return tf.div(tf.sum(loss_N), 20) as tf.Scalar;
      }, [...trainable.values()]);
      const executor = createExecutor(engine);
      const weights = new Map([...model.weights].map(([name, weight]) => [name, executor.adopt(weight)]));
      const gradients = createGradientBuffer(executor, weights);
      const pass = createCompletionPass(model, executor, { variables: trainable, gradients, objective });
      const before = tf.memory().numTensors;
      const { loss, logprobs, entropies, learned } = pass(sequences, values, 20);
      expect(tf.memory().numTensors).toBe(before);
      expect(loss / expected.value.dataSync()[0]).toBeCloseTo(1, 5);
      expect([logprobs.length, entropies.length]).toEqual([11, 11]);
      expect(learned).toEqual([...trainable.keys()]);
      for (const [name, variable] of trainable) {
        const norm = tf.norm(expected.grads[variable.name]).dataSync()[0];
        expect(Math.abs(gradients.norm([name]) - norm)).toBeLessThan(1e-5 * Math.max(1, norm));
      }
      createCompletionScorer(
        model,
        executor,
      )(sequences).forEach((logprob, n) => {
        expect(logprob).toBeCloseTo(logprobs[n], 5);
      });
      executor.dispose();
    },
  );

  it.each([
    [1, 1, 1],
    [7, 7, 7],
    [9, 9, 10],
    [17, 18, 20],
    [32, 32, 32],
    [65, 72, 80],
  ])('rounds %d up to %d tokens and a count of %d', (size, tokens, count) => {
    expect([TRACED_PADDING.tokens(size), TRACED_PADDING.count(size)]).toEqual([tokens, count]);
  });
});

const optimizer = {
  schedule: 'constant',
  warmupFraction: 0,
  maxGradNorm: 1,
  name: 'adamw',
  options: { weightDecay: 0.01 },
} as const;

/** Sequences of unequal length over one image of 8 x 8 patches each. */
function aRiseTinyBatch(count: number, seed: number, imageToken: number): TrainingSequence[] {
  const random = createRandom(seed);
  const ids = (length: number) => Array.from({ length }, () => random.int(400));
  return Array.from({ length: count }, (_, at) => ({
    prompt: {
      tokenIds: [...Array<number>(16).fill(imageToken), ...ids(5 + at)],
      images: [{ pixelValues: Float32Array.from({ length: 64 * 1176 }, () => random.next()), gridThw: [1, 8, 8] }],
    },
    completionIds: ids(12 - at),
  }));
}
