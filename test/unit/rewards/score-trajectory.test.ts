import { isFormatted, scoreTrajectory } from '../../../src/rewards/index.ts';
import { overlongPenalty } from '../../../src/rewards/overlong.ts';
import { computeRepetitionPenalty } from '../../../src/rewards/repetition.ts';

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
  it('is off without a buffer', () => expect(overlongPenalty(100, 100, 0)).toBe(0));
});

describe('scoreTrajectory', () => {
  const prompt = { promptId: 'p', question: 'How many?', images: [], groundTruth: '7' };
  const config = { rewards: { accuracy: 0.9, format: 0.1, repetition: 0.5 } };
  const aTrajectory = (text: string, tokens = 0) => ({
    trajectoryIndex: 3,
    text,
    tokenIds: Array<number>(tokens).fill(1),
  });

  it('adds up weighted parts and keeps the evidence of each', () => {
    const score = scoreTrajectory(prompt, aTrajectory('<think>a</think> <answer>7</answer>'), config);
    expect(score).toMatchObject({ promptId: 'p', trajectoryIndex: 3, isCorrect: true });
    expect(score.reward).toBeCloseTo(0.9 + 0.1);
    expect(Object.keys(score.rewardBreakdown)).toEqual(['accuracy', 'format', 'repetition']);
    expect(score.rewardBreakdown.accuracy).toMatchObject({ value: 1, weight: 0.9, version: 'accuracy@2' });
    expect(score.rewardBreakdown.accuracy.evidence).toContain('answer tags "7" equals "7"');
  });

  it('leaves out what weighs nothing, but always grades', () => {
    const rewards = { accuracy: 0, format: 0, repetition: 0 };
    const score = scoreTrajectory(prompt, aTrajectory('7'), { rewards });
    expect(score).toMatchObject({ isCorrect: true, reward: 0 });
    expect(Object.keys(score.rewardBreakdown)).toEqual(['accuracy']);
  });
  it('takes the overlong penalty off the reward, where lengths count', () => {
    const rewards = { accuracy: 0.9, format: 0, repetition: 0 };
    const overlong = { maxNewTokens: 100, bufferTokens: 20 };
    const score = scoreTrajectory(prompt, aTrajectory('7', 90), { rewards, overlong });
    expect(score.reward).toBeCloseTo(0.9 - 0.5);
    expect(score.rewardBreakdown.overlong).toMatchObject({ value: -0.5, weight: 1, version: 'overlong@1' });
  });
});
