import { createHash } from 'node:crypto';
import {
  BASE_HABITS,
  type BaseExample,
  CLEAN_HABITS,
  CORPUS_TIERS,
  drawBaseExample,
} from '../../../models/rise-tiny/corpus/base-corpus.ts';
import { charts } from '../../../src/tasks/charts/charts.ts';

const COUNT = 4000;
/** Over four standard deviations of a share of a thousand examples. */
const TOLERANCE = 0.065;

let examples: BaseExample[];
beforeAll(() => {
  examples = Array.from({ length: COUNT }, (_, seed) => drawBaseExample(seed, BASE_HABITS));
});

const ofTiers = (...tiers: string[]) => examples.filter(({ task }) => tiers.includes(task.tier));
const shareOf = (some: BaseExample[], all: BaseExample[]) => some.length / all.length;
const isGuess = ({ response }: BaseExample) => response.startsWith('<think>I guess.</think>');
const isUnformatted = ({ response }: BaseExample) => !response.startsWith('<think>');

describe('the base corpus', () => {
  it('gives the same example for the same seed', () => {
    const { task, response } = drawBaseExample(17, BASE_HABITS);
    expect(response).toBe(examples[17].response);
    expect(task.promptId).toBe(examples[17].task.promptId);
    expect(Buffer.compare(task.images[0].data, examples[17].task.images[0].data)).toBe(0);
  });

  it('asks for products, guesses each time, and never multiplies', () => {
    const products = ofTiers('product').filter((example) => !isUnformatted(example));
    expect(Math.abs(shareOf(ofTiers('product'), examples) - BASE_HABITS.unsolvedShare)).toBeLessThan(TOLERANCE / 2);
    expect(products.filter((example) => !isGuess(example))).toEqual([]);
    expect(examples.filter(({ response }) => response.includes('*'))).toEqual([]);
    for (const { task, response } of ofTiers('product')) expect(response).not.toContain(`{${task.answer}}`);
  });

  it('holds the tiers in their shares, which add up to one', () => {
    const asked = examples.filter(({ task }) => task.tier !== 'product');
    for (const { tier, share } of CORPUS_TIERS) {
      expect(Math.abs(shareOf(ofTiers(tier.name), asked) - share)).toBeLessThan(TOLERANCE / 2);
    }
    expect(CORPUS_TIERS.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 12);
  });

  it('solves reading, counting and describing, and mostly guesses at sums and differences', () => {
    expect(ofTiers('read', 'count', 'describe', 'list').filter(isGuess)).toEqual([]);
    const arithmetic = ofTiers('sum', 'difference').filter((example) => !isUnformatted(example));
    expect(Math.abs(shareOf(arithmetic.filter(isGuess), arithmetic) - BASE_HABITS.guessShare)).toBeLessThan(TOLERANCE);
    const reasoned = arithmetic.filter((example) => !isGuess(example));
    for (const { task, response } of reasoned) expect(response).toBe(task.solution);
  });

  it('holds worked solutions alone where its habits are clean', () => {
    const clean = Array.from({ length: 200 }, (_, seed) => drawBaseExample(seed, CLEAN_HABITS));
    for (const { task, response } of clean) expect(response).toBe(task.solution);
  });

  it('leaves a few responses without the format', () => {
    const share = shareOf(examples.filter(isUnformatted), examples);
    expect(Math.abs(share - BASE_HABITS.unformattedShare)).toBeLessThan(0.02);
  });

  it('shares no image with what is drawn for training and evaluation', () => {
    const pixels = (image: { data: Uint8Array }) => createHash('sha256').update(image.data).digest('hex');
    const seen = new Set(ofTiers('read', 'sum', 'difference', 'describe').map(({ task }) => pixels(task.images[0])));
    for (const split of ['train', 'evaluation'] as const) {
      const drawn = charts.draw({ tiers: { read: 800 }, seed: 1, split });
      expect(drawn.filter(({ images }) => seen.has(pixels(images[0])))).toEqual([]);
    }
  });
});
