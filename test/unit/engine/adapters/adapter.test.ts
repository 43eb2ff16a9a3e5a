import * as tf from '@tensorflow/tfjs-core';
import { sft } from '../../../../src/algorithms/sft.ts';
import { createRandom } from '../../../../src/base/random.ts';
import { adaptModel } from '../../../../src/engine/adapters/adapter.ts';
import { createAdapter } from '../../../../src/engine/adapters/create-adapter.ts';
import { encodeAdapter } from '../../../../src/engine/adapters/encode-adapter.ts';
import { loadAdapter } from '../../../../src/engine/adapters/load-adapter.ts';
import { adoptWeights } from '../../../../src/engine/models/adopt-weights.ts';
import { qwen25VL } from '../../../../src/engine/models/qwen2_5_vl/index.ts';
import { listWeightShapes } from '../../../../src/engine/models/qwen2_5_vl/weight-shapes.ts';
import { createGradientBuffer } from '../../../../src/engine/optim/gradient-buffer.ts';
import { createExecutor, type Engine } from '../../../../src/engine/runtime/create-executor.ts';
import { buildSequenceBatch } from '../../../../src/engine/training/batch.ts';
import { createCompletionPass } from '../../../../src/engine/training/completion-pass.ts';
import { MEMORY_BOUNDS } from '../../../../src/engine/training/plan-segments.ts';
import { createTrainer, selectTrainable } from '../../../../src/engine/training/trainer.ts';
import { heldModelFiles } from '../../../../src/engine/weights/model-files.ts';
import { UnsupportedModelError } from '../../../../src/schema/errors.ts';
import { computeCompletionLogprobs } from '../../../support/completion-logprobs.ts';
import { anImage, aPrompt, aTinyModel, tinyConfig } from '../../../support/tiny-model.ts';

const SETTINGS = { rank: 2, alpha: 6, dropout: 0, targets: 'all-linear' as const, isFrozen: () => false, seed: 4 };
const SEQUENCES = [
  { prompt: aPrompt(4, [anImage(6, 4), anImage(4, 4, 8)]), completionIds: [5, 9, 2] },
  { prompt: aPrompt(7), completionIds: [11, 4] },
];
const batch = buildSequenceBatch(SEQUENCES, tinyConfig);
const weightShapes = listWeightShapes(tinyConfig);

/** A model with an adapter that has learned something. */
function anAdaptedModel(settings: Partial<typeof SETTINGS> = {}) {
  const base = aTinyModel();
  const adapter = createAdapter(weightShapes, { ...SETTINGS, ...settings });
  const random = createRandom(6);
  for (const [name, weight] of adapter.weights) {
    if (!name.endsWith('.lora_B.weight')) continue;
    tf.tidy(() =>
      weight.assign(
        tf.tensor(
          Float32Array.from({ length: weight.size }, () => random.next() - 0.5),
          weight.shape,
        ),
      ),
    );
  }
  return { base, adapter, model: adaptModel(base, adapter) };
}

const logprobsOf = (model: Parameters<typeof computeCompletionLogprobs>[0]) =>
  tf.tidy(() => computeCompletionLogprobs(model, batch).logprobs_N.dataSync<'float32'>());

describe('an adapter', () => {
  it('changes nothing when it is new: A within 1 / sqrt(in), B zero, the same for the same seed', () => {
    const base = aTinyModel();
    const adapter = createAdapter(weightShapes, SETTINGS);
    expect(logprobsOf(adaptModel(base, adapter))).toEqual(logprobsOf(base));
    const [first, again, other] = [4, 4, 5].map((seed) => createAdapter(weightShapes, { ...SETTINGS, rank: 64, seed }));
    for (const [name, weight] of first.weights) {
      const values = weight.dataSync<'float32'>();
      expect(again.weights.get(name)!.dataSync()).toEqual(values);
      if (name.endsWith('.lora_B.weight')) expect(values.every((value) => value === 0)).toBe(true);
      else {
        const bound = 1 / Math.sqrt(weight.shape[1]!);
        const largest = Math.max(...values.map(Math.abs));
        expect([largest <= bound, largest > 0.95 * bound]).toEqual([true, true]);
        expect(other.weights.get(name)!.dataSync()).not.toEqual(values);
      }
    }
  });

  it('has gradients that match finite differences; the weights beside it have none', () => {
    const { model, adapter } = anAdaptedModel();
    const computeLoss = () => tf.neg(tf.mean(computeCompletionLogprobs(model, batch).logprobs_N)) as tf.Scalar;
    expect([...selectTrainable(model, false).keys()]).toEqual([...adapter.weights.keys()]);
    expect([...selectTrainable(model, true).keys()].filter((name) => name.startsWith('visual.'))).toEqual([]);
    const { grads } = tf.variableGrads(computeLoss, [...adapter.weights.values()]);
    for (const [name, weight] of adapter.weights) {
      const gradient = grads[weight.name];
      const norm = tf.norm(gradient).dataSync()[0];
      const direction = tf.div(gradient, norm);
      const original = weight.clone();
      const distance = 1e-2 / (1 + norm);
      const [above, below] = [distance, -distance].map((step) => {
        weight.assign(tf.add(original, tf.mul(direction, step)));
        return tf.tidy(() => computeLoss().dataSync()[0]);
      });
      weight.assign(original);
      expect([name, norm > 0]).toEqual([name, true]);
      expect(Math.abs((above - below) / (2 * distance) - norm)).toBeLessThan(5e-5 + 0.02 * norm);
    }
  });

  it('comes back from the files it was written to', async () => {
    const { base, adapter, model } = anAdaptedModel();
    const values = [...adapter.weights].map(
      ([name, weight]) => [name, { shape: weight.shape, values: () => [weight.dataSync<'float32'>()] }] as const,
    );
    const files = heldModelFiles(encodeAdapter(adapter, new Map(values), qwen25VL));
    const loaded = await loadAdapter(files, { architecture: qwen25VL, weightShapes });
    expect(loaded.config).toEqual(adapter.config);
    expect(logprobsOf(adaptModel(base, loaded))).toEqual(logprobsOf(model));

    const others = new Map([...weightShapes].map(([name, [first, ...rest]]) => [name, [first + 1, ...rest]]));
    await expect(loadAdapter(files, { architecture: qwen25VL, weightShapes: others })).rejects.toThrow(
      /weight .*lora_B.weight has shape/,
    );
    const text = new Map([...weightShapes].filter(([name]) => !name.startsWith('visual.')));
    const loading = loadAdapter(files, { architecture: qwen25VL, weightShapes: text });
    await expect(loading).rejects.toThrow(UnsupportedModelError);
    await expect(loading).rejects.toThrow(/visual.* is no update of a linear layer of this model/);
  });
});

describe('dropout', () => {
  const optimizer = {
    name: 'sgd',
    options: {},
    learningRate: 0.05,
    schedule: 'constant' as const,
    warmupFraction: 0,
    maxGradNorm: 1,
  };

  function lossesOf(engine: Engine, settings: Partial<typeof SETTINGS>, dropoutSeed?: number): number[] {
    const { model } = anAdaptedModel(settings);
    const executor = createExecutor(engine);
    const trainable = selectTrainable(model, false);
    const trainer = createTrainer(model, executor, {
      objective: sft,
      trainable,
      optimizer,
      totalSteps: 3,
      microBatchSequences: 1,
      dropoutSeed,
    });
    const losses = [0, 1, 2].map(() => trainer.step(SEQUENCES).loss);
    executor.dispose();
    model.dispose();
    return losses;
  }

  it('is drawn alike by a graph and op by op, and anew by every step and seed', () => {
    const [eager, traced] = [lossesOf('eager', { dropout: 0.3 }, 4), lossesOf('traced', { dropout: 0.3 }, 4)];
    traced.forEach((loss, step) => {
      expect(Math.abs(loss - eager[step])).toBeLessThan(1e-5);
    });
    expect(lossesOf('traced', { dropout: 0.3 }, 4)).toEqual(traced);
    expect(lossesOf('traced', { dropout: 0.3 }, 5)[0]).not.toBeCloseTo(traced[0], 3);
    const plain = lossesOf('traced', { dropout: 0 }, 4);
    expect(plain[0]).not.toBeCloseTo(traced[0], 3);
    expect(lossesOf('traced', { dropout: 0.3 })).toEqual(plain);
  });

  it.each<Engine>(['eager', 'traced'])(
    'is drawn alike where blocks are computed again for the backward pass, %s',
    (engine) => {
      const passes = [Number.POSITIVE_INFINITY, 0].map((activations) => {
        const { model } = anAdaptedModel({ dropout: 0.3 });
        const variables = selectTrainable(model, false);
        const executor = createExecutor(engine);
        const weights = new Map([...variables].map(([name, weight]) => [name, executor.adopt(weight)]));
        adoptWeights(executor, model);
        const gradients = createGradientBuffer(executor, weights);
        const bounds = { ...MEMORY_BOUNDS, activations, logits: Number.POSITIVE_INFINITY };
        const pass = createCompletionPass(model, executor, { variables, gradients, objective: sft, bounds });
        const { loss, learned } = pass(SEQUENCES, {}, 5, 12);
        const norms = learned.map((name) => gradients.norm([name]));
        executor.dispose();
        model.dispose();
        return { loss, learned, norms };
      });
      const [kept, recomputed] = passes;
      expect(recomputed.learned).toEqual(kept.learned);
      expect(Math.abs(recomputed.loss - kept.loss)).toBeLessThan(1e-6);
      recomputed.norms.forEach((norm, at) => {
        expect(Math.abs(norm - kept.norms[at])).toBeLessThan(1e-5 * Math.max(1, norm));
      });
    },
  );

  it('keeps inputs at its rate, scaled, by draws of one pass; scoring drops nothing', () => {
    const { model, base, adapter } = anAdaptedModel({ dropout: 0.25 });
    const plain = adaptModel(base, { ...adapter, dropout: 0 });
    expect(logprobsOf(model)).toEqual(logprobsOf(plain));
    const [first, again, other] = [1, 1, 2].map((seed) => logprobsOf(model.withDropout!(tf.scalar(seed, 'int32'))));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    // A layer whose own weights are 0, and whose update hands its first input on.
    const layer = 'model.layers.0.self_attn.k_proj';
    const [a, b] = ['A', 'B'].map((side) => adapter.weights.get(`${layer}.lora_${side}.weight`)!);
    a.assign(tf.cast(tf.oneHot(tf.tensor1d([0, 0], 'int32'), a.shape[1]!), 'float32'));
    b.assign(tf.fill(b.shape, 1 / (2 * 3)));
    base.weights.get(`${layer}.weight`)!.assign(tf.zeros([12, 24]));
    base.weights.get(`${layer}.bias`)!.assign(tf.zeros([12]));
    const seed = tf.scalar(9, 'int32');
    const kept = model.withDropout!(seed).layers.linear(layer, tf.ones([4000, 24]));
    const values = tf.slice(kept, [0, 0], [4000, 1]).dataSync<'float32'>();
    const share = values.filter((value) => value !== 0).length / values.length;
    expect(Math.abs(share - 0.75)).toBeLessThan(0.03);
    expect([...new Set(values.map((value) => Math.round(value * 1e4) / 1e4))].sort()).toEqual([0, Math.fround(1.3333)]);
  });
});
