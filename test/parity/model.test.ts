import * as tf from '@tensorflow/tfjs-core';
import { createSampler, type Sampler } from '../../src/engine/generation/sampler.ts';
import { createModelInput } from '../../src/engine/models/model-input.ts';
import { computePositionIds } from '../../src/engine/models/position-ids.ts';
import type { VisionLanguageModel } from '../../src/engine/models/vision-language-model.ts';
import { loadPolicy, type Policy } from '../../src/engine/policy.ts';
import type { ProcessedPrompt } from '../../src/engine/processing/processor.ts';
import { createExecutor } from '../../src/engine/runtime/create-executor.ts';
import type { Executor } from '../../src/engine/runtime/executor.ts';
import { buildSequenceBatch } from '../../src/engine/training/batch.ts';
import { computeCompletionLogprobs } from '../support/completion-logprobs.ts';
import { caseNames, decodeFloats, type ExpectedPrompt, largestDifference, loadParityCase } from './fixtures.ts';

describe.each(caseNames)('the checkpoint %s, beside transformers', (name) => {
  const { files, prompts, maxNewTokens } = loadParityCase(name);
  let policy: Policy;
  let processed: ProcessedPrompt[];
  let executor: Executor;
  let sampler: Sampler;

  beforeAll(async () => {
    policy = await loadPolicy(files);
    processed = await Promise.all(prompts.map(({ message }) => policy.processor.processPrompt(message)));
    executor = createExecutor('traced');
    sampler = createSampler(policy.model, executor, prompts.length);
  });
  afterAll(() => {
    executor.dispose();
    policy.model.dispose();
  });

  const promptNames = prompts.map((prompt, index) => ({ name: prompt.name, index, expected: prompt.expected }));
  const withImages = promptNames.filter(({ expected }) => expected.imageFeatures !== undefined);
  const greedy = () => ({
    maxNewTokens,
    temperature: 0,
    topK: 0,
    topP: 1,
    stopTokenIds: policy.processor.stopTokenIds,
  });

  it.each(promptNames)('gives $name the same positions', ({ index, expected }) => {
    const { tokenIds, images } = processed[index];
    const grids = images.map((image) => image.gridThw);
    const { axes } = computePositionIds(tokenIds, grids, policy.model.config);
    expect(axes.map((axis) => [...axis])).toEqual(expected.positionIds);
  });

  it.each(withImages)('gives the images of $name the same features', ({ index, expected }) => {
    const features = tf.tidy(() => encodeImages(policy.model, processed[index]).dataSync());
    expect(largestDifference(features, decodeFloats(expected.imageFeatures!))).toBeLessThan(1e-4);
  });

  it.each(promptNames)('gives $name the same logits', ({ index, expected }) => {
    const { logits, nextTokenLogprobs } = computeLogits(policy, [processed[index]], expected);
    expect(largestDifference(logits[0], decodeFloats(expected.lastLogits))).toBeLessThan(1e-4);
    expect(largestDifference(nextTokenLogprobs, decodeFloats(expected.nextTokenLogprobs))).toBeLessThan(1e-4);
  });

  it('gives every prompt the same logits in one batch', () => {
    const { logits } = computeLogits(policy, processed, prompts[0].expected);
    const differences = prompts.map(({ expected }, b) =>
      largestDifference(logits[b], decodeFloats(expected.lastLogits)),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });

  it.each(promptNames)('answers $name greedily with the same tokens', async ({ index, expected }) => {
    const [completion] = await sampler.generate([{ prompt: processed[index], seed: 1 }], greedy());
    expect(completion.tokenIds).toEqual(expected.greedy.tokenIds);
    expect(completion.finishReason).toBe(expected.greedy.finishReason);
    expect(policy.processor.decode(completion.tokenIds, { skipSpecialTokens: true })).toBe(expected.greedy.text);
  });

  it('answers every prompt with the same tokens in one batch', async () => {
    const requests = processed.map((prompt) => ({ prompt, seed: 1 }));
    const completions = await sampler.generate(requests, greedy());
    expect(completions.map(({ tokenIds }) => tokenIds)).toEqual(
      prompts.map(({ expected }) => expected.greedy.tokenIds),
    );
  });

  it('scores tokens as it sampled them: cached equals uncached', async () => {
    const requests = processed.map((prompt, index) => ({ prompt, seed: 100 + index }));
    const completions = await sampler.generate(requests, { ...greedy(), temperature: 1 });
    const sequences = completions.map(({ tokenIds }, index) => ({ prompt: processed[index], completionIds: tokenIds }));
    const batch = buildSequenceBatch(sequences, policy.model.config);
    const scored = tf.tidy(() => computeCompletionLogprobs(policy.model, batch).logprobs_N.dataSync());
    const sampled = completions.flatMap(({ logprobs }) => logprobs);
    expect(largestDifference(scored, sampled)).toBeLessThan(1e-4);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await sampler.generate(
      processed.map((prompt) => ({ prompt, seed: 1 })),
      greedy(),
    );
    computeLogits(policy, processed, prompts[0].expected);
    expect(tf.memory().numTensors).toBe(before);
  });
});

const encodeImages = (model: VisionLanguageModel, { images }: ProcessedPrompt) =>
  model.encodeImages(model.uploadImages(images));

/** Logits of each prompt's last positions (as many as the fixture has), and the log-probability of each of its next tokens. */
function computeLogits(policy: Policy, prompts: ProcessedPrompt[], expected: ExpectedPrompt) {
  const [lastPositions, vocabSize] = expected.lastLogits.shape;
  const input = createModelInput(
    prompts.map((prompt) => ({ prompt, continuationIds: [] })),
    policy.model.config,
  );
  return tf.tidy(() => {
    const hidden = policy.model.computeHiddenStates(policy.model.uploadInput(input));
    const all = policy.model.computeLogits(hidden);
    const logits = input.spans.map(({ firstRow, length }) =>
      tf.slice(all, [firstRow + length - lastPositions, 0], [lastPositions, vocabSize]).dataSync<'float32'>(),
    );
    const logprobs = tf.logSoftmax(all).dataSync<'float32'>();
    const nextTokenLogprobs = prompts[0].tokenIds.slice(1).map((id, at) => logprobs[at * vocabSize + id]);
    return { logits, nextTokenLogprobs };
  });
}
