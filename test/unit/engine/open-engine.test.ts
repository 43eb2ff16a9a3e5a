import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { sft } from '../../../src/algorithms/sft.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import { type EngineSettings, openEngine } from '../../../src/engine/open-engine.ts';
import type { Engine } from '../../../src/engine/runtime/create-executor.ts';
import { folderModelFiles } from '../../../src/engine/weights/model-files.ts';

const files = folderModelFiles(join(packageRoot, 'test/fixtures/parity/one-image/checkpoint'));
const open = (engine: Engine) => openEngine(files, { engine, precision: 'float32' } satisfies EngineSettings);

const TRAINING = {
  objective: sft,
  optimizer: {
    name: 'adamw',
    options: {},
    learningRate: 1e-3,
    schedule: 'constant' as const,
    warmupFraction: 0,
    maxGradNorm: 1,
  },
  freezeVisionTower: true,
  totalSteps: 2,
  microBatchSequences: 1,
};

describe.each<Engine>(['eager', 'traced'])('the engine, %s', (kind) => {
  it('samples, scores, trains and saves, and leaves nothing behind', async () => {
    const warm = await open(kind);
    warm[Symbol.dispose]();
    const before = tf.memory().numTensors;
    const engine = await open(kind);
    const { processor } = engine;
    const prompt = await processor.processPrompt({ content: [{ type: 'text', text: 'What is 1 + 1?' }] });
    const settings = { temperature: 0, topP: 1, topK: 0, maxNewTokens: 4, stopTokenIds: [] };
    const [{ tokenIds, logprobs }] = await engine.createSampler(1).generate([{ prompt, seed: 1 }], settings);
    const sequence = { prompt, completionIds: tokenIds };

    const [scored] = engine.score([sequence], 1);
    scored.forEach((logprob, at) => {
      expect(logprob).toBeCloseTo(logprobs[at], 4);
    });

    const training = await engine.train(TRAINING);
    const [first, second] = [training.step([sequence]), training.step([sequence])];
    expect(second.loss).toBeLessThan(first.loss);
    expect(training.stepCount).toBe(2);
    const names = [...training.files()].map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['config.json', 'tokenizer.json', 'model.safetensors']));
    expect([...training.state()].map(([name]) => name)).toEqual(['optimizer.safetensors']);
    expect(engine.preparation['engine/graphs'] > 0).toBe(kind === 'traced');

    engine[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(before);
  });
});
