import { chooseBest, computeFigures } from '../../../src/benchmarks/policy-figures.ts';
import { figureNames } from '../../../src/schema/config/evaluation.ts';
import { aRunConfig } from '../../support/factories.ts';

/** Answers to a prompt, right where the mark is `+`. */
const answersTo = (promptId: string, marks: string) =>
  [...marks].map((mark, sampleIndex) => ({
    ...{ promptId, sampleIndex, isCorrect: mark === '+', isFormatted: true, text: '', tokenCount: 1 },
    answer: mark,
  }));

describe('the figures that a policy is chosen by', () => {
  it('of one answer a prompt are its accuracy, with the interval of Wilson', () => {
    const { accuracy, ...others } = computeFigures(['+', '+', '-'].flatMap((mark, at) => answersTo(`p${at}`, mark)));
    expect(others).toEqual({});
    expect(accuracy.n).toBe(3);
    expect([accuracy.accuracy, accuracy.low, accuracy.high].map((value) => value.toFixed(3))).toEqual([
      '0.667',
      '0.208',
      '0.939',
    ]);
  });

  it('of several are the votes and the chances too, each under the name that a config gives', () => {
    const figures = computeFigures([answersTo('a', '++-'), answersTo('b', '---'), answersTo('c', '+++')].flat());
    expect(Object.keys(figures)).toEqual(figureNames(3));
    const values = Object.fromEntries(Object.entries(figures).map(([name, { accuracy }]) => [name, accuracy]));
    expect(values).toEqual({
      accuracy: expect.closeTo(5 / 9),
      majority: expect.closeTo(2 / 3),
      'all right': expect.closeTo(1 / 3),
      'pass at 1': expect.closeTo(5 / 9),
      'pass at 2': expect.closeTo(2 / 3),
      'pass at 3': expect.closeTo(2 / 3),
    });
  });
});

describe('the best policy', () => {
  const at = (iteration: number, accuracy: number) => ({
    iteration,
    figures: { accuracy: { accuracy, low: 0, high: 1, n: 10 } },
  });

  it.each([
    ['the highest', [at(1, 0.4), at(3, 0.6), at(5, 0.5)], 3],
    ['the earlier of equals, in whatever order they come', [at(5, 0.6), at(3, 0.6), at(1, 0.4)], 3],
    ['none of none', [], undefined],
  ])('is %s', (_, measured, best) => {
    expect(chooseBest(measured, 'accuracy')?.iteration).toBe(best);
  });
});

describe('a config that measures the RL policy while it learns', () => {
  const parse = (duringRl: object, completionsPerPrompt = 1) =>
    aRunConfig({
      evaluation: {
        benchmarks: { 'held-out': { completionsPerPrompt } },
        duringRl: { everyIterations: 2, ...duringRl },
      },
    }).evaluation.duringRl;

  it('has the last policy go on, and the first benchmark choose by accuracy, unless it says otherwise', () => {
    expect(parse({})).toEqual({ everyIterations: 2, figure: 'accuracy', goesOn: 'last' });
    expect(parse({ figure: 'pass at 4' }, 4)).toMatchObject({ figure: 'pass at 4' });
  });

  it.each([
    [{ figure: 'majority' }, 1, 'is no figure of 1 answer a prompt; choose one of accuracy, or raise evaluation'],
    [{ figure: 'pass at 3' }, 4, 'choose one of accuracy, majority, all right, pass at 1, pass at 2, pass at 4, or'],
    [{ benchmark: 'mmstar' }, 1, 'is none of evaluation.benchmarks (held-out); name one of them'],
  ])('refuses %j of %d answers', (duringRl, answers, message) => {
    expect(() => parse(duringRl, answers)).toThrow(message);
  });
});
