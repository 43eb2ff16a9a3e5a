import { isFormatted, scoreTrajectory } from '../../../src/rewards/index.ts';
import { loadRewards } from '../../../src/rewards/load-rewards.ts';
import { overlongPenalty } from '../../../src/rewards/overlong.ts';
import { computeRepetitionPenalty } from '../../../src/rewards/repetition.ts';
import { RunConfig } from '../../../src/schema/config/run-config.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aPrompt, aTrajectory } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

describe('the format', () => {
  it.each([
    ['<think>7</think> <answer>\\boxed{7}</answer>', true],
    ['<think>\n7\n</think>\n<answer>\n7\n</answer>\n', true],
    ['<think>7</think><answer>7</answer>', true],
    ['7', false],
    ['<answer>7</answer>', false],
    ['Hm. <think>7</think> <answer>7</answer>', false],
    ['<think>7</think> <answer>7</answer> Done.', false],
    ['<think>7</think> so <answer>7</answer>', false],
    ['<think>a</think> <think>b</think> <answer>7</answer>', false],
    ['<think>7</think> <answer>7</answer> <answer>7</answer>', false],
    ['<think></think> <answer>7</answer>', false],
    ['<think>7</think> <answer> </answer>', false],
    ['<think>7 <answer>7</answer>', false],
  ])('of %j: %s', (response, expected) => expect(isFormatted(response)).toBe(expected));
});

describe('the repetition penalty', () => {
  const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index}`).join(' ');
  it('is 0 under 20 words and without repeats', () => {
    expect(computeRepetitionPenalty('again '.repeat(19))).toBe(0);
    expect(computeRepetitionPenalty(words(60))).toBe(0);
  });
  it('is -2 (1 - unique / total)', () => {
    expect(computeRepetitionPenalty('Again again '.repeat(12))).toBeCloseTo(-2 * (1 - 1 / 5));
    expect(computeRepetitionPenalty(`${words(20)} ${words(20)}`)).toBeCloseTo(-2 * (1 - 20 / 21));
  });
});

describe('the overlong penalty', () => {
  it.each([
    [80, 0],
    [90, -0.5],
    [100, -1],
    [120, -1],
  ])('of %i tokens out of 100 with a buffer of 20 is %f', (tokens, penalty) =>
    expect(overlongPenalty(tokens, 100, 20)).toBeCloseTo(penalty),
  );
});

describe('scoreTrajectory', () => {
  const store = createLocalStore(aTemporaryFolder());
  const prompt = aPrompt({ promptId: 'p' });
  const rewardsOf = (uses: object, maxNewTokens = 100) =>
    loadRewards(store, {
      rewards: RunConfig.shape.rewards.parse(uses),
      sampling: RunConfig.shape.sampling.parse({ maxNewTokens }),
    });

  it('adds up weighted parts and keeps the evidence of each', async () => {
    const rewards = await rewardsOf({ accuracy: 0.9, format: 0.1, repetition: 0.5 });
    const trajectory = aTrajectory({ trajectoryIndex: 3, text: '<think>a</think> <answer>7</answer>' });
    const score = await scoreTrajectory(prompt, trajectory, rewards);
    expect(score).toMatchObject({ promptId: 'p', trajectoryIndex: 3, isCorrect: true });
    expect(score.reward).toBeCloseTo(0.9 + 0.1);
    expect(Object.keys(score.rewardBreakdown)).toEqual(['accuracy', 'format', 'repetition']);
    expect(score.rewardBreakdown.accuracy).toMatchObject({ value: 1, weight: 0.9, version: 'accuracy@5' });
    expect(score.rewardBreakdown.accuracy.evidence).toContain('answer tags "7" equals "7"');
  });

  it('leaves out what weighs nothing, but always grades', async () => {
    const score = await scoreTrajectory(
      prompt,
      aTrajectory({ text: '7' }),
      await rewardsOf({ accuracy: 0, format: 0 }),
    );
    expect(score).toMatchObject({ isCorrect: true, reward: 0 });
    expect(Object.keys(score.rewardBreakdown)).toEqual(['accuracy']);
  });

  it('takes the overlong penalty off the reward, where lengths count', async () => {
    const rewards = await rewardsOf({ format: 0, overlong: { weight: 1, options: { bufferTokens: 20 } } });
    const trajectory = aTrajectory({ text: '7', tokenIds: Array<number>(90).fill(1) });
    const score = await scoreTrajectory(prompt, trajectory, rewards);
    expect(score.reward).toBeCloseTo(0.9 - 0.5);
    expect(score.rewardBreakdown.overlong).toMatchObject({ value: -0.5, weight: 1, version: 'overlong@1' });
  });

  it.each([
    [{ formt: 1 }, /rewards\.formt is no built-in reward \(accuracy, format, perception, repetition, overlong\)/],
    [{ overlong: 1 }, /rewards\.overlong\.options: .*expected number, received undefined\s+→ at bufferTokens/],
    [{ format: { weight: 1, options: { strict: true } } }, /rewards\.format\.options: .*Unrecognized key: "strict"/],
  ])('refuses %j', async (uses, message) => {
    await expect(rewardsOf(uses)).rejects.toThrow(message);
  });
});
