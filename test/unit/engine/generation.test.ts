import * as tf from '@tensorflow/tfjs-core';
import { buildSequenceBatch, computeCompletionLogprobs } from '../../../src/engine/batch.ts';
import type { GenerationRequest, RequestSource } from '../../../src/engine/generation/request-queue.ts';
import { createSampler, type OnStep } from '../../../src/engine/generation/sampler.ts';
import { sampleToken } from '../../../src/engine/generation/sample-token.ts';
import { createRandom } from '../../../src/schema/random.ts';
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

afterAll(() => model.dispose());

describe('Generation', () => {
  it('gives each request the same tokens alone and in a batch of unequal prompts', () => {
    const together = generate(model, requests, settings);
    const alone = requests.flatMap((request) => generate(model, [request], settings));
    expect(together.map(({ tokenIds }) => tokenIds)).toEqual(alone.map(({ tokenIds }) => tokenIds));
    expect(new Set(together.map(({ tokenIds }) => tokenIds.join())).size).toBe(requests.length);
  });

  it('keeps log-probabilities equal to those of a pass without cache', () => {
    const completions = generate(model, requests, settings);
    const batch = buildSequenceBatch(
      completions.map(({ tokenIds }, at) => ({ prompt: requests[at].prompt, completionIds: tokenIds })),
      tinyConfig,
    );
    const uncached = tf.tidy(() => computeCompletionLogprobs(model, batch).logprobs_N.arraySync());
    const cached = completions.flatMap(({ logprobs }) => logprobs);
    expect(cached).toHaveLength(uncached.length);
    for (const [at, logprob] of cached.entries()) expect(logprob).toBeCloseTo(uncached[at], 4);
  });

  it('goes on as if alone when others have left the batch', () => {
    const many = Array.from({ length: 24 }, (_, seed) => ({ prompt: requests[seed % 4].prompt, seed }));
    const stopTokenIds = [1, 2, 3, 4, 5];
    const running: number[] = [];
    const together = generate(model, many, { ...settings, stopTokenIds }, (count) => running.push(count));
    expect(running[0]).toBeGreaterThan(running.at(-2)!);
    const [at, longest] = [...together.entries()].sort((a, b) => b[1].tokenIds.length - a[1].tokenIds.length)[0];
    const [alone] = generate(model, [many[at]], { ...settings, stopTokenIds });
    expect(longest.tokenIds).toEqual(alone.tokenIds);
    for (const [token, logprob] of longest.logprobs.entries()) expect(logprob).toBeCloseTo(alone.logprobs[token], 5);
  });

  it('ends at a stop token, which it keeps, or at maxNewTokens', () => {
    const completions = generate(
      model,
      Array.from({ length: 40 }, (_, seed) => ({ prompt: shared, seed })),
      settings,
    );
    for (const { tokenIds, finishReason } of completions) {
      expect(tokenIds.indexOf(1)).toBe(finishReason === 'stop' ? tokenIds.length - 1 : -1);
      expect(tokenIds.length).toBeLessThanOrEqual(12);
      if (finishReason === 'length') expect(tokenIds).toHaveLength(12);
    }
    expect(new Set(completions.map(({ finishReason }) => finishReason))).toEqual(new Set(['stop', 'length']));
  });

  it('leaves no tensors behind', () => {
    const before = tf.memory().numTensors;
    generate(model, requests, settings);
    expect(tf.memory().numTensors).toBe(before);
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
