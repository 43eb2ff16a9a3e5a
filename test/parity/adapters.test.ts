import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { grpo } from '../../src/algorithms/grpo.ts';
import { sft } from '../../src/algorithms/sft.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { register as registerGenerate } from '../../src/cli/commands/generate.ts';
import { register } from '../../src/cli/commands/merge.ts';
import { createModelInput } from '../../src/engine/models/model-input.ts';
import type { VisionLanguageModel } from '../../src/engine/models/vision-language-model.ts';
import { type EngineSettings, type OptimizerState, openEngine } from '../../src/engine/open-engine.ts';
import { adaptPolicy, loadPolicy } from '../../src/engine/policy.ts';
import type { ProcessedPrompt } from '../../src/engine/processing/processor.ts';
import type { Engine } from '../../src/engine/runtime/create-executor.ts';
import type { TrainingSequence } from '../../src/engine/training/batch.ts';
import type { Objective } from '../../src/engine/training/objective.ts';
import { folderModelFiles, heldModelFiles, type ModelFiles } from '../../src/engine/weights/model-files.ts';
import { openWeightFiles } from '../../src/engine/weights/weight-files.ts';
import { readWeights } from '../support/model-files.ts';
import { runCommand } from '../support/run-command.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import {
  decodeFloats,
  type ExpectedPrompt,
  fixturePath,
  largestDifference,
  readFixtureFile,
  readFixtureFrom,
  type StoredPart,
} from './fixtures.ts';

// Written by scripts/parity/adapter_fixtures.py; the names are its names.
interface AdapterCase {
  base: string;
  maxNewTokens: number;
  prompts: {
    name: string;
    system?: string;
    content: StoredPart[];
    expected: Pick<ExpectedPrompt, 'lastLogits' | 'nextTokenLogprobs' | 'greedy'>;
    /** By weights that PEFT merged. */
    merged: Pick<ExpectedPrompt, 'lastLogits'>;
  }[];
}

interface ExpectedSteps {
  steps: { loss: number; gradNorm: number }[];
}

interface TrainedCase extends AdapterCase {
  sft: ExpectedSteps;
  grpo: ExpectedSteps & { sampling: number[][]; advantages: number[] };
}

const folder = aTemporaryFolder();
const readCase = <Case extends AdapterCase>(name: string) => readFixtureFrom<Case>(`adapters/${name}/expected.json`);
const adapterPath = (name: string) => join(packageRoot, 'test/fixtures/adapters', name);
const adapterFiles = (name: string) => folderModelFiles(adapterPath(name));
const baseFiles = ({ base }: AdapterCase) => folderModelFiles(fixturePath(`${base}/checkpoint`));
const storedAdapter = (name: string) => ({ kind: 'stored' as const, files: adapterFiles(name) });

const messagesOf = ({ base, prompts }: AdapterCase) =>
  prompts.map(({ system, content }) => ({
    system,
    content: content.map((part) =>
      part.type === 'text' ? part : { type: 'image' as const, image: readFixtureFile(`${base}/${part.file}`) },
    ),
  }));

function computeLogits(
  model: VisionLanguageModel,
  prompt: ProcessedPrompt,
): { last: Float32Array; logprobs: number[] } {
  const input = createModelInput([{ prompt, continuationIds: [] }], model.config);
  return tf.tidy(() => {
    const all_MV = model.computeLogits(model.computeHiddenStates(model.uploadInput(input)));
    const [rows, vocabSize] = all_MV.shape;
    const all = tf.logSoftmax(all_MV).dataSync<'float32'>();
    return {
      last: tf.slice(all_MV, [rows - 1, 0], [1, vocabSize]).dataSync<'float32'>(),
      logprobs: prompt.tokenIds.slice(1).map((id, at) => all[at * vocabSize + id]),
    };
  });
}

describe.each(['all-linear', 'patterns', 'old-names'])('the adapter %s, beside peft', (name) => {
  const expected = readCase(name);

  it('gives the same logits', async () => {
    const policy = await loadPolicy(baseFiles(expected));
    const { model } = await adaptPolicy(policy, storedAdapter(name));
    for (const [at, message] of messagesOf(expected).entries()) {
      const { last, logprobs } = computeLogits(model, await policy.processor.processPrompt(message));
      const { lastLogits, nextTokenLogprobs } = expected.prompts[at].expected;
      expect(largestDifference(last, decodeFloats(lastLogits))).toBeLessThan(1e-4);
      expect(largestDifference(logprobs, decodeFloats(nextTokenLogprobs))).toBeLessThan(1e-4);
    }
    model.dispose();
  });

  it('answers greedily with the same tokens, and scores them as it sampled them', async () => {
    const engine = await openEngine(baseFiles(expected), {
      engine: 'traced',
      precision: 'float32',
      adapter: storedAdapter(name),
    });
    const { processor } = engine;
    const prompts = await Promise.all(messagesOf(expected).map((message) => processor.processPrompt(message)));
    const settings = { temperature: 0, topK: 0, topP: 1, stopTokenIds: processor.stopTokenIds };
    const requests = prompts.map((prompt) => ({ prompt, seed: 1 }));
    const { maxNewTokens } = expected;
    const completions = await engine.createSampler(2).generate(requests, { ...settings, maxNewTokens });
    const sequences = completions.map(({ tokenIds }, at) => ({ prompt: prompts[at], completionIds: tokenIds }));
    const scores = engine.score(sequences, 2);
    engine[Symbol.dispose]();
    expect(completions.map(({ tokenIds }) => tokenIds)).toEqual(
      expected.prompts.map((prompt) => prompt.expected.greedy.tokenIds),
    );
    scores.forEach((logprobs, at) => {
      expect(largestDifference(logprobs, completions[at].logprobs)).toBeLessThan(1e-4);
    });
  });
});

describe('an adapter in bf16', () => {
  it.each(['all-linear', 'old-names'])(
    'scores tokens as it sampled them, beside a base in float32 or bf16: %s',
    async (name) => {
      const expected = readCase(name);
      const adapter = storedAdapter(name);
      const engine = await openEngine(baseFiles(expected), { engine: 'traced', precision: 'bf16', adapter });
      const prompts = await Promise.all(messagesOf(expected).map((message) => engine.processor.processPrompt(message)));
      const settings = { temperature: 1, topK: 0, topP: 1, maxNewTokens: 12, stopTokenIds: [] };
      const completions = await engine.createSampler(2).generate(
        prompts.map((prompt) => ({ prompt, seed: 3 })),
        settings,
      );
      const scores = engine.score(
        completions.map(({ tokenIds }, at) => ({ prompt: prompts[at], completionIds: tokenIds })),
        2,
      );
      engine[Symbol.dispose]();
      scores.forEach((logprobs, at) => {
        expect(largestDifference(logprobs, completions[at].logprobs)).toBeLessThan(0.05);
      });
    },
  );
});

describe('rise generate --adapter', () => {
  it('answers as peft does, and refuses an adapter of another model', async () => {
    const [{ content, expected }] = readCase('all-linear').prompts;
    const image = content.flatMap((part) => (part.type === 'image' ? [fixturePath(`one-image/${part.file}`)] : []));
    const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    const ask = ['--model', fixturePath('one-image/checkpoint'), '--prompt', ...text, '--image', ...image, '--json'];
    const generate = (adapter: string) =>
      runCommand(registerGenerate, 'generate', ...ask, '--max-new-tokens', '16', '--adapter', adapter);
    const { printed } = await generate(adapterPath('all-linear'));
    expect(JSON.parse(printed).tokenIds).toEqual(expected.greedy.tokenIds);
    await expect(generate(adapterPath('patterns'))).rejects.toThrow('is no update of a linear layer of this model');
    await expect(generate('no/such')).rejects.toThrow('--adapter no/such is not a folder');
  });
});

describe('rise merge', () => {
  const run = (...args: string[]) => runCommand(register, 'merge', ...args);

  it.each(['all-linear', 'patterns'])('gives the weights of peft: %s', async (name) => {
    const expected = readCase(name);
    const out = join(folder, name);
    await run('--model', fixturePath(`${expected.base}/checkpoint`), '--adapter', adapterPath(name), '--out', out);
    const policy = await loadPolicy(folderModelFiles(out));
    for (const [at, message] of messagesOf(expected).entries()) {
      const { last } = computeLogits(policy.model, await policy.processor.processPrompt(message));
      expect(largestDifference(last, decodeFloats(expected.prompts[at].merged.lastLogits))).toBeLessThan(1e-5);
    }
    policy.model.dispose();
  });

  it('keeps files, names and the type that weights are stored in, and touches no other tensor', async () => {
    const [base, out] = [fixturePath('mixed/checkpoint'), join(folder, 'old-names')];
    await run('--model', base, '--adapter', adapterPath('old-names'), '--out', out);
    expect(readdirSync(out).sort()).toEqual(readdirSync(base).sort());
    const [before, after] = await Promise.all([base, out].map((path) => openWeightFiles(folderModelFiles(path))));
    const describeAll = (tensors: typeof before) =>
      [...tensors].map(([name, { dtype, shape, position, file }]) => ({
        name,
        dtype,
        shape,
        position,
        file: file.name,
      }));
    expect(describeAll(after)).toEqual(describeAll(before));
    const [old, merged] = await Promise.all([base, out].map((path) => readWeights(folderModelFiles(path))));
    const changed = [...merged].filter(
      ([name, { data }]) => !data.every((value, at) => value === old.get(name)!.data[at]),
    );
    expect(changed).toHaveLength(21);
    // One rounding of W + B A: with a scale of 2, A and B in float32.
    const adapter = await readWeights(adapterFiles('old-names'), 'adapter_model');
    const layer = 'model.layers.1.self_attn.k_proj';
    const [a, b] = ['A', 'B'].map((side) => adapter.get(`base_model.model.${layer}.lora_${side}.weight`)!);
    const [rank, width] = a.shape;
    merged.get(`${layer}.weight`)!.data.forEach((value, at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      const inner = Array.from({ length: rank }, (_, r) => b.data[row * rank + r] * a.data[r * width + column]);
      const exact = old.get(`${layer}.weight`)!.data[at] + 2 * inner.reduce((sum, product) => sum + product, 0);
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -8 + 1e-7);
    });
  });

  it('writes into no folder that has files', async () => {
    const merging = run(
      '--model',
      fixturePath('mixed/checkpoint'),
      '--adapter',
      adapterPath('old-names'),
      '--out',
      adapterPath(''),
    );
    await expect(merging).rejects.toThrow('has files already; give an empty folder');
  });
});

const STEPS = { totalSteps: 2, microBatchSequences: 1, freezeVisionTower: false };
const SGD = {
  name: 'sgd',
  options: { momentum: 0.9 },
  learningRate: 0.05,
  schedule: 'constant' as const,
  warmupFraction: 0,
  maxGradNorm: 1,
};

describe('training with dropout', () => {
  it('goes on from a checkpoint with the draws that it would have come to', async () => {
    const expected = readCase('all-linear');
    /** Losses of some steps, and the files afterwards. */
    async function train(files: ModelFiles, steps: number, state?: OptimizerState) {
      const adapter = { kind: 'stored' as const, files, dropout: 0.3 };
      using engine = await openEngine(baseFiles(expected), { engine: 'traced', precision: 'float32', adapter });
      const prompts = await Promise.all(messagesOf(expected).map((message) => engine.processor.processPrompt(message)));
      const sequences = prompts.map((prompt) => ({ prompt, completionIds: [5, 6, 7] }));
      const training = await engine.train({ ...STEPS, objective: sft, optimizer: SGD, state, dropoutSeed: 3 });
      const losses = Array.from({ length: steps }, () => training.step(sequences).loss);
      const { files: policy, state: optimizer, stepCount } = training;
      return {
        losses,
        files: heldModelFiles(policy()),
        state: { files: heldModelFiles(optimizer()), stepCount },
      };
    }
    const whole = await train(adapterFiles('all-linear'), 3);
    const first = await train(adapterFiles('all-linear'), 2);
    const second = await train(first.files, 1, first.state);
    expect([...first.losses, ...second.losses]).toEqual(whole.losses);
    expect(await second.files.read('adapter_model.safetensors')).toEqual(
      await whole.files.read('adapter_model.safetensors'),
    );
  });
});

describe.each<Engine>(['eager', 'traced'])('training an adapter, %s, beside torch and peft', (engine) => {
  const expected = readCase<TrainedCase>('all-linear');
  const settings: EngineSettings = { engine, precision: 'float32', adapter: storedAdapter('all-linear') };

  /** Two steps; the adapter's files afterwards. */
  async function train<Values>(
    objective: Objective<Values>,
    values: (at: number) => Values | undefined,
    kind: 'sft' | 'grpo',
  ) {
    const policy = await openEngine(baseFiles(expected), settings);
    const prompts = await Promise.all(messagesOf(expected).map((message) => policy.processor.processPrompt(message)));
    const sequences = prompts.map((prompt, at) => {
      const completionIds = expected.prompts[at].expected.greedy.tokenIds;
      return { prompt, completionIds, values: values(at) } as TrainingSequence<Values>;
    });
    const training = await policy.train({ ...STEPS, objective, optimizer: SGD, reference: 'base' });
    for (const step of expected[kind].steps) {
      const { loss, gradNorm } = training.step(sequences);
      expect(Math.abs(loss - step.loss)).toBeLessThan(1e-5);
      expect(Math.abs(gradNorm / step.gradNorm - 1)).toBeLessThan(1e-4);
    }
    const files = heldModelFiles(training.files());
    policy[Symbol.dispose]();
    return readWeights(files, 'adapter_model');
  }

  async function expectSame(actual: Awaited<ReturnType<typeof train>>, kind: 'sft' | 'grpo') {
    const wanted = await readWeights(adapterFiles(`all-linear/${kind}`), 'adapter_model');
    expect([...actual.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [name, { data }] of wanted) {
      expect(largestDifference(actual.get(name)!.data, data)).toBeLessThan(1e-5);
    }
  }

  it('takes the steps of SFT: losses, gradient norms and every A and B', async () => {
    await expectSame(await train(sft, () => undefined, 'sft'), 'sft');
  });

  it('takes the steps of GRPO, with the base as the reference of its KL penalty', async () => {
    const objective = grpo.create(grpo.options.parse({ klCoefficient: 0.1 }), { maxNewTokens: 16 });
    const { sampling, advantages } = expected.grpo;
    const values = (at: number) => ({
      sampling: Float32Array.from(sampling[at]),
      advantages: new Float32Array(sampling[at].length).fill(advantages[at]),
    });
    await expectSame(await train(objective, values as never, 'grpo'), 'grpo');
  });
});
