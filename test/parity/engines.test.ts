import { join } from 'node:path';
import { sft } from '../../src/algorithms/sft.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { createSampler } from '../../src/engine/generation/sampler.ts';
import { loadPolicy, type Policy } from '../../src/engine/policy.ts';
import { questionContent } from '../../src/engine/processing/question-content.ts';
import { createExecutor, type Engine } from '../../src/engine/runtime/create-executor.ts';
import { createTrainer } from '../../src/engine/training/trainer.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import { charts } from '../../src/tasks/charts/charts.ts';
import { mediumCheckpoint } from '../support/medium-checkpoint.ts';

const OPTIMIZER = {
  // Low enough that the larger model does not learn two sequences by heart: of a loss near 0 only rounding is left.
  learningRate: 2e-6,
  schedule: 'constant',
  warmupFraction: 0,
  maxGradNorm: 1,
  name: 'adamw',
  options: { weightDecay: 0.01 },
} as const;

const TIERS = { read: 1, count: 1, sum: 0, difference: 0, product: 0 };

async function twoPrompts({ processor }: Policy) {
  const tasks = charts.draw({ tiers: TIERS, seed: 1, split: 'train' });
  return Promise.all(
    tasks.map(({ images, question }) => processor.processPrompt({ content: questionContent(question, images) })),
  );
}

/** Losses of 50 optimizer steps on two sequences, in turn. The first layer is trained, so that gradients pass through all. */
async function train(folder: string, engine: Engine): Promise<number[]> {
  const policy = await loadPolicy(folderModelFiles(folder));
  const { model, processor } = policy;
  const prompts = await twoPrompts(policy);
  const sequences = prompts.map((prompt, at) => ({ prompt, completionIds: processor.encode(`<think>${at} + 1`) }));
  const trainable = new Map([...model.weights].filter(([name]) => name.startsWith('model.layers.0.')));
  const executor = createExecutor(engine);
  const trainer = createTrainer(model, executor, {
    objective: sft,
    trainable,
    optimizer: OPTIMIZER,
    totalSteps: 50,
    microBatchSequences: 1,
  });
  const losses = Array.from({ length: 50 }, (_, step) => trainer.step([sequences[step % 2]]).loss);
  executor.dispose();
  model.dispose();
  return losses;
}

async function sampleGreedily(folder: string, engine: Engine): Promise<number[][]> {
  const policy = await loadPolicy(folderModelFiles(folder));
  const prompts = await twoPrompts(policy);
  const executor = createExecutor(engine);
  const settings = { temperature: 0, topP: 1, topK: 0, maxNewTokens: 12, stopTokenIds: [] };
  const requests = prompts.map((prompt) => ({ prompt, seed: 1 }));
  const completions = await createSampler(policy.model, executor, 2).generate(requests, settings);
  executor.dispose();
  policy.model.dispose();
  return completions.map(({ tokenIds }) => tokenIds);
}

describe.each([
  ['rise-tiny', () => join(packageRoot, 'models/rise-tiny')],
  ['a model of 50 M parameters', mediumCheckpoint],
])('traced graphs of %s', (_, folder) => {
  it('have the losses of the op-by-op engine over 50 steps', async () => {
    const [eager, traced] = [await train(folder(), 'eager'), await train(folder(), 'traced')];
    expect(traced[49]).toBeLessThan(traced[0] * 0.95);
    const differences = traced.map((loss, step) => Math.abs(loss - eager[step]) / Math.abs(eager[step]));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  }, 240_000);

  it('choose its greedy tokens', async () => {
    expect(await sampleGreedily(folder(), 'traced')).toEqual(await sampleGreedily(folder(), 'eager'));
  });
});
