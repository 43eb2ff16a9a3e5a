import { grpo } from '../../../../src/algorithms/grpo.ts';
import { createGradientBuffer } from '../../../../src/engine/optim/gradient-buffer.ts';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import { createExecutor, type Engine } from '../../../../src/engine/runtime/create-executor.ts';
import { nodeBackend } from '../../../../src/engine/runtime/node-backend.ts';
import type { Precision } from '../../../../src/engine/runtime/rewrites/mixed-precision.ts';
import { createCompletionPass } from '../../../../src/engine/training/completion-pass.ts';
import { createCompletionScorer } from '../../../../src/engine/training/completion-scorer.ts';
import { type MemoryBounds, planCopies, planSegments } from '../../../../src/engine/training/plan-segments.ts';
import { selectTrainable } from '../../../../src/engine/training/trainer.ts';
import { anImage, aPrompt, aTinyModel, tinyConfig } from '../../../support/tiny-model.ts';

beforeAll(loadBackend);
afterEach(() => {
  nodeBackend().isUsingGpuDevice = false;
});

const KEPT: MemoryBounds = {
  activations: Number.POSITIVE_INFINITY,
  logits: Number.POSITIVE_INFINITY,
  copies: Number.POSITIVE_INFINITY,
  gradient: Number.POSITIVE_INFINITY,
};
/** Logits of five tokens at once: of the eleven, three runs. */
const FIVE_TOKENS = 5 * 4 * tinyConfig.text.vocabSize;

describe.each<[string, Engine, boolean]>([
  ['op by op', 'eager', false],
  ['as a traced graph', 'traced', false],
  ["as a traced graph of TensorFlow's own ops, as on a GPU,", 'traced', true],
])('a pass %s', (_, engine, isUsingGpuDevice) => {
  it.each<[string, MemoryBounds, boolean]>([
    ['recomputes blocks', { ...KEPT, activations: 0 }, false],
    ['recomputes blocks, those of the vision tower too,', { ...KEPT, activations: 0 }, true],
    ['scores tokens in chunks', { ...KEPT, logits: FIVE_TOKENS }, false],
    ['adds gradients in runs of rows', { ...KEPT, gradient: 0 }, true],
    ['does all of it', { ...KEPT, activations: 0, logits: FIVE_TOKENS, gradient: 0 }, true],
  ])('%s and has the loss and gradients of one that keeps all', (_, bounds, isVisionTrained) => {
    nodeBackend().isUsingGpuDevice = isUsingGpuDevice;
    const [kept, cut] = [KEPT, bounds].map((bounds) => runPass(engine, bounds, isVisionTrained));
    expect(cut.learned).toEqual(kept.learned);
    // To the last digit where the blocks are cut; products of fewer rows, and other sums of rows, round differently.
    const most = bounds.logits === KEPT.logits && bounds.gradient === KEPT.gradient ? 0 : 1e-6;
    for (const name of ['losses', 'logprobs', 'entropies'] as const) expectWithin(most, cut[name], kept[name]);
    expect(kept.gradients.size).toBe(kept.learned.length);
    for (const [name, expected] of kept.gradients) {
      expectWithin(most, cut.gradients.get(name)!, expected);
    }
  });
});

it.each([
  ['as they lie in a copy', Number.POSITIVE_INFINITY],
  ['rounded for each product', 0],
])('a pass in bf16 whose blocks are recomputed reads weights %s: the same numbers', (_, copies) => {
  const kept = runPass('traced', KEPT, true, 'bf16');
  expect(runPass('traced', { ...KEPT, activations: 0, copies }, true, 'bf16')).toEqual(kept);
});

describe('planCopies', () => {
  const [head, large, small] = [[tinyConfig.text.vocabSize, 8], [1000, 64], [64]].map((shape) => ({ shape }));

  it.each([
    [128_000, ['float32', 'float32', 'float32']],
    [127_999, ['float32', 'float32-alone', 'float32']],
  ])('lets matrices of blocks go without copies where all are over %i bytes', (copies, forms) => {
    const trained = [head, large, small];
    expect(trained.map(planCopies(trained, tinyConfig, { ...KEPT, copies }))).toEqual(forms);
  });
});

describe('planSegments', () => {
  const qwen3B = {
    text: {
      hiddenSize: 2048,
      intermediateSize: 11_008,
      layerCount: 36,
      keyValueHeadCount: 2,
      headSize: 128,
      vocabSize: 151_936,
      contextLength: 128_000,
    },
  };

  it.each([
    ['a small model', tinyConfig, 4096, { blocks: 'kept' }],
    ['a short text of 3B', qwen3B, 64, { blocks: 'kept', chunkTokens: 220 }],
    ['a long one', qwen3B, 1024, { blocks: 'recomputed', chunkTokens: 220 }],
  ])('cuts %s where it must', (_, config, tokens, plan) => {
    expect(planSegments(config, { tokens, completionTokens: tokens / 2 })).toEqual(plan);
  });
});

function expectWithin(most: number, found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const differences = Array.from(expected, (number, at) => Math.abs(found[at] - number));
  expect(Math.max(...differences)).toBeLessThanOrEqual(most);
}

function runPass(engine: Engine, bounds: MemoryBounds, isVisionTrained: boolean, precision: Precision = 'float32') {
  const model = aTinyModel();
  const sequences = [
    { prompt: aPrompt(3, [anImage(4, 6)]), completionIds: [4, 5, 6, 7, 8, 9, 10] },
    { prompt: aPrompt(9), completionIds: [3, 3] },
    { prompt: aPrompt(2, [anImage(2, 2), anImage(4, 4, 8)]), completionIds: [11, 12] },
  ];
  const numbers = (first: number) => Float32Array.from({ length: 11 }, (_, n) => first + Math.sin(n));
  const values = { sampling: numbers(-3.5), advantages: numbers(0), reference: numbers(-3) };
  const objective = grpo.create(grpo.options.parse({ klCoefficient: 0.1 }), { maxNewTokens: 8 });
  const trainable = selectTrainable(model, !isVisionTrained);
  const executor = createExecutor(engine, precision);
  const formOf = planCopies(trainable.values(), model.config, bounds);
  const weights = new Map([...model.weights].map(([name, weight]) => [name, executor.adopt(weight, formOf(weight))]));
  const gradients = createGradientBuffer(executor, weights);
  const pass = createCompletionPass(model, executor, { variables: trainable, gradients, objective, bounds });
  const { loss, learned, logprobs, entropies } = pass(sequences, values, 20);
  createCompletionScorer(model, executor, { bounds })(sequences).forEach((logprob, n) => {
    expect(logprob).toBeCloseTo(logprobs[n], precision === 'bf16' ? 2 : 5);
  });
  const read = executor.define(({ name }: { name: string }) => gradients.value(name).clone());
  const found = new Map(learned.map((name) => [name, read({ name }).dataSync<'float32'>()]));
  executor.dispose();
  model.dispose();
  return { losses: [loss], learned: [...learned], logprobs, entropies, gradients: found };
}
