import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../../src/base/random.ts';
import { createContinuousSampler } from '../../../src/engine/generation/continuous-sampler.ts';
import type { GenerationRequest } from '../../../src/engine/generation/request-queue.ts';
import { sampleToken } from '../../../src/engine/generation/sample-token.ts';
import { createSampler } from '../../../src/engine/generation/sampler.ts';
import type { Completion } from '../../../src/engine/generation/sequence.ts';
import { createEagerExecutor } from '../../../src/engine/runtime/eager-executor.ts';
import type { Executor } from '../../../src/engine/runtime/executor.ts';
import { nodeBackend } from '../../../src/engine/runtime/node-backend.ts';
import { createTracedExecutor } from '../../../src/engine/runtime/traced-executor.ts';
import { buildSequenceBatch } from '../../../src/engine/training/batch.ts';
import { computeCompletionLogprobs } from '../../support/completion-logprobs.ts';
import { anImage, aPrompt, aTinyModel, tinyConfig } from '../../support/tiny-model.ts';

const model = aTinyModel();
const settings = { temperature: 1, topP: 1, topK: 0, maxNewTokens: 12, stopTokenIds: [1] };
const shared = aPrompt(5, [anImage(4, 6)]);
const requests: GenerationRequest[] = [
  { prompt: shared, seed: 1 },
  { prompt: shared, seed: 2 },
  { prompt: aPrompt(9), seed: 3 },
  { prompt: aPrompt(3, [anImage(4, 4, 5), anImage(6, 6, 6)], 9), seed: 4 },
];

const executors: Executor[] = [];
afterAll(() => {
  for (const executor of executors) executor.dispose();
  model.dispose();
});

function aSampler(create: () => Executor, slotCount: number) {
  const executor = create();
  executors.push(executor);
  return createSampler(model, executor, slotCount);
}

const tokensOf = (completions: readonly Completion[]) => completions.map(({ tokenIds }) => tokenIds);

describe.each([
  ['as traced graphs', createTracedExecutor, false],
  ["as traced graphs of TensorFlow's own ops, as on a GPU", createTracedExecutor, true],
  ['op by op', createEagerExecutor, false],
])('Generation %s', (_, createExecutor, isUsingGpuDevice) => {
  beforeAll(() => {
    nodeBackend().isUsingGpuDevice = isUsingGpuDevice;
  });
  afterAll(() => {
    nodeBackend().isUsingGpuDevice = false;
  });
  const sampler = aSampler(createExecutor, 4);

  it('gives each request the same tokens alone and in a batch of unequal prompts', async () => {
    const together = await sampler.generate(requests, settings);
    const alone: Completion[] = [];
    for (const request of requests) alone.push(...(await sampler.generate([request], settings)));
    expect(tokensOf(together)).toEqual(tokensOf(alone));
    expect(new Set(tokensOf(together).map(String)).size).toBe(requests.length);
  });

  it.each([0, 1])('names logits that are not finite at temperature %s', async (temperature) => {
    const broken = aTinyModel();
    const executor = createExecutor();
    const norm = broken.weights.get('model.norm.weight')!;
    for (const value of [NaN, Infinity]) {
      tf.tidy(() => norm.assign(tf.fill(norm.shape, value)));
      const sampling = createSampler(broken, executor, 1).generate([requests[0]], { ...settings, temperature });
      await expect(sampling).rejects.toThrow(/^token 0 of a completion has log-probability NaN: .*image_std of 0/);
    }
    executor.dispose();
    broken.dispose();
  });

  it('keeps log-probabilities equal to those of a pass without cache', async () => {
    const completions = await sampler.generate(requests, settings);
    const batch = buildSequenceBatch(
      completions.map(({ tokenIds }, at) => ({ prompt: requests[at].prompt, completionIds: tokenIds })),
      tinyConfig,
    );
    const uncached = tf.tidy(() => computeCompletionLogprobs(model, batch).logprobs_N.arraySync());
    const cached = completions.flatMap(({ logprobs }) => logprobs);
    expect(cached).toHaveLength(uncached.length);
    for (const [at, logprob] of cached.entries()) expect(logprob).toBeCloseTo(uncached[at], 4);
  });

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await sampler.generate(requests, settings);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('Generation', () => {
  const sampler = aSampler(createTracedExecutor, 8);
  const reference = aSampler(createEagerExecutor, 24);
  const many = Array.from({ length: 24 }, (_, at) => ({ prompt: requests[Math.floor(at / 6)].prompt, seed: at }));
  const mixed = { ...settings, maxNewTokens: 40, stopTokenIds: [1, 2] };

  it.each([
    ['greedily', { temperature: 0 }],
    ['at temperature 1', {}],
    ['at temperature 0.7', { temperature: 0.7 }],
    ['with topK, drawing on the host', { topK: 5 }],
    ['with a repetition penalty', { temperature: 0, repetitionPenalty: 1.3 }],
  ])('in few slots equals a batch of all, op by op: %s', async (_, overrides) => {
    const running: number[] = [];
    const few = await sampler.generate(many, { ...mixed, ...overrides }, (count) => running.push(count));
    expect(tokensOf(few)).toEqual(tokensOf(await reference.generate(many, { ...mixed, ...overrides })));
    expect(Math.max(...running)).toBeLessThanOrEqual(8);
  });

  it('repeats itself bit for bit', async () => {
    const [first, again] = [await sampler.generate(many, mixed), await sampler.generate(many, mixed)];
    expect(again).toEqual(first);
  });

  it('asks for requests only as slots come free', async () => {
    let asked = 0;
    const lead: number[] = [];
    async function* source() {
      for (const request of many) {
        asked++;
        yield request;
      }
    }
    await sampler.generate(source(), mixed, (running, completions) => {
      lead.push(asked - (completions.length - running));
    });
    // Eight that run, the six siblings that are next, and the one that shows where they end.
    expect(Math.max(...lead)).toBeLessThanOrEqual(8 + 6 + 1);
  });

  it('ends at a stop token, which it keeps, or at maxNewTokens', async () => {
    const siblings = Array.from({ length: 40 }, (_, seed) => ({ prompt: shared, seed }));
    const completions = await sampler.generate(siblings, settings);
    for (const { tokenIds, finishReason } of completions) {
      expect(tokenIds.indexOf(1)).toBe(finishReason === 'stop' ? tokenIds.length - 1 : -1);
      expect(tokenIds.length).toBeLessThanOrEqual(12);
      if (finishReason === 'length') expect(tokenIds).toHaveLength(12);
    }
    expect(new Set(completions.map(({ finishReason }) => finishReason))).toEqual(new Set(['stop', 'length']));
  });
});

describe('Sampling that goes on', () => {
  const executor = createTracedExecutor();
  executors.push(executor);
  const sampler = createContinuousSampler(model, executor, 8);
  const reference = aSampler(createEagerExecutor, 1);
  const long = { ...settings, maxNewTokens: 200, stopTokenIds: [] };

  it('gives each request what it gets alone, whatever the others ask for and whenever they come', async () => {
    const ways = [{}, { temperature: 0 }, { temperature: 0.7 }, { topK: 5 }, { likeliestCount: 2 }];
    const all = Array.from({ length: 24 }, (_, at) => ({
      prompt: requests[at % 4].prompt,
      seed: at,
      settings: { ...settings, stopTokenIds: [1, 2], maxNewTokens: 5 + at, ...ways[at % ways.length] },
    }));
    const alone: Completion[] = [];
    for (const { settings, ...request } of all) alone.push(...(await reference.generate([request], settings)));
    const samplingNext: Promise<Completion>[] = [];
    // The second half comes one by one, each at a token of the first request.
    const onToken = () => {
      const next = 12 + samplingNext.length;
      if (next < all.length) samplingNext.push(sampler.sample(all[next]));
      return 'more' as const;
    };
    const first = { ...all[0], settings: long };
    const [, ...together] = await Promise.all(
      [first, ...all.slice(0, 12)].map((request, at) => sampler.sample(request, at === 0 ? { onToken } : {})),
    );
    expect(tokensOf([...together, ...(await Promise.all(samplingNext))])).toEqual(tokensOf(alone));
  });

  it('notes the likeliest tokens, from the likeliest on', async () => {
    const likeliestCount = 3;
    const { tokenIds, logprobs, likeliest } = await sampler.sample({
      ...requests[0],
      settings: { ...settings, temperature: 0, likeliestCount },
    });
    expect(likeliest).toHaveLength(tokenIds.length);
    for (const [at, tokens] of likeliest!.entries()) {
      expect(tokens[0]).toEqual({ tokenId: tokenIds[at], logprob: logprobs[at] });
      expect(tokens[0].logprob).toBeGreaterThanOrEqual(tokens[1].logprob);
      expect(tokens).toHaveLength(likeliestCount);
    }
  });

  it('ends where a caller has enough, or has gone, and nowhere else', async () => {
    const gone = new AbortController();
    let tokens = 0;
    const enough = sampler.sample(
      { ...requests[0], settings: long },
      { onToken: ({ tokenIds }) => (tokenIds.length === 3 ? 'enough' : 'more') },
    );
    const left = sampler.sample(
      { ...requests[1], settings: long },
      {
        signal: gone.signal,
        onToken: () => {
          if (++tokens === 5) gone.abort(new Error('gone'));
          return 'more';
        },
      },
    );
    const whole = sampler.sample({ ...requests[2], settings: long });
    await expect(left).rejects.toThrow('gone');
    expect(await enough).toMatchObject({ finishReason: 'stop', tokenIds: { length: 3 } });
    expect(await whole).toMatchObject({ finishReason: 'length', tokenIds: { length: 200 } });
    expect(tokens).toBe(5);
    await expect(sampler.sample({ ...requests[0], settings: long }, { signal: gone.signal })).rejects.toThrow('gone');
  });

  it('tells those that a failure meets, and goes on', async () => {
    const broken = { ...requests[0], prompt: { ...shared, images: [] }, settings: long };
    const failing = [broken, { ...requests[2], settings: long }].map((request) => sampler.sample(request));
    for (const each of failing) await expect(each).rejects.toThrow();
    expect(await sampler.sample({ ...requests[2], settings: long })).toMatchObject({ finishReason: 'length' });
    await sampler[Symbol.asyncDispose]();
  });
});

describe('Sampling a token', () => {
  const logits = Float32Array.from([1, 3, 2, -1]);
  const mass = Math.exp(1) + Math.exp(3) + Math.exp(2) + Math.exp(-1);
  const drawMany = (overrides: Partial<typeof settings>) => {
    const random = createRandom(5);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 4000; draw++)
      counts[sampleToken(logits, { ...settings, ...overrides }, random, new Set()).tokenId] += 1 / 4000;
    return counts;
  };

  it('draws tokens as often as their probabilities say', () => {
    for (const [id, share] of drawMany({}).entries()) expect(share).toBeCloseTo(Math.exp(logits[id]) / mass, 1.5);
  });

  it('takes the likeliest at temperature 0, with its log-probability at temperature 1', () => {
    const { tokenId, logprob } = sampleToken(logits, { ...settings, temperature: 0 }, createRandom(1), new Set());
    expect(tokenId).toBe(1);
    expect(logprob).toBeCloseTo(3 - Math.log(mass), 6);
  });

  it('lowers what it has seen by the repetition penalty, and reports the untouched log-probability', () => {
    const penalized = { ...settings, temperature: 0, repetitionPenalty: 2 };
    const { tokenId, logprob } = sampleToken(logits, penalized, createRandom(1), new Set([1, 3]));
    expect(tokenId).toBe(2);
    expect(logprob).toBeCloseTo(2 - Math.log(mass), 6);
  });

  it.each([
    ['topK 2', { topK: 2 }, [1, 2]],
    ['topP 0.6', { topP: 0.6 }, [1]],
    ['topP 0.7', { topP: 0.7 }, [1, 2]],
  ])('draws only likely tokens: %s', (_, overrides, kept) => {
    const drawn = drawMany(overrides).flatMap((share, id) => (share > 0 ? [id] : []));
    expect(drawn).toEqual(kept);
  });
});
