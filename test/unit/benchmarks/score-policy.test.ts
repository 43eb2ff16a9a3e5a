import { estimateAccuracy } from '../../../src/benchmarks/estimate-accuracy.ts';
import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { describeSeveral } from '../../../src/benchmarks/several-answers.ts';
import type { EvaluationRecord } from '../../../src/schema/evaluation.ts';
import { aPrompt } from '../../support/factories.ts';

const right = { isCorrect: true, answer: '7' };
const wrong = (answer?: string) => ({ isCorrect: false, answer });

describe('accuracy', () => {
  it('is the share of right answers with its interval', () => {
    const estimate = estimateAccuracy([1, 0, 0, 1]);
    expect(estimate).toMatchObject({ accuracy: 0.5, n: 4 });
    expect(estimate.low).toBeCloseTo(0.15, 2);
    expect(estimate.high).toBeCloseTo(0.85, 2);
  });

  it('over nothing says nothing', () => expect(estimateAccuracy([])).toEqual({ accuracy: 0, low: 0, high: 1, n: 0 }));

  it('of several answers a prompt has an interval over prompts, the same each time', () => {
    const shares = [0.25, 0.5, 1, 0, 0.75, 0.5];
    expect(estimateAccuracy(shares)).toMatchObject({ accuracy: 0.5, n: 6 });
    expect(estimateAccuracy(shares)).toEqual(estimateAccuracy(shares));
  });
});

describe('several answers a prompt', () => {
  it('are told by pass at k, the majority and the worst case', () => {
    const groups = [
      [right, wrong('8'), wrong('9'), right],
      [wrong('8'), wrong(' 8'), right, wrong()],
      [right, right, right, right],
    ];
    expect(describeSeveral(groups)).toMatchObject({
      completionsPerPrompt: 4,
      passAt: { 1: (0.5 + 0.25 + 1) / 3, 2: expect.closeTo((5 / 6 + 0.5 + 1) / 3, 12), 4: 1 },
      majority: { accuracy: 2 / 3 },
      worst: { accuracy: 1 / 3 },
    });
  });

  it('that tie count by the share that is right', () => {
    expect(describeSeveral([[right, wrong('8')]])?.majority.accuracy).toBe(0.5);
    expect(describeSeveral([[right, wrong()]])?.majority.accuracy).toBe(1);
    expect(describeSeveral([[wrong(), wrong()]])?.majority.accuracy).toBe(0);
  });

  it('are not told of where each prompt has one', () => expect(describeSeveral([[right]])).toBeUndefined());
});

describe('a policy on a benchmark', () => {
  const prompts = ['a', 'b', 'c'].map((promptId, at) => aPrompt({ promptId, tier: `level ${10 - at}` }));
  const records: EvaluationRecord[] = ['a', 'c'].map((promptId) => {
    return { promptId, isCorrect: promptId === 'a', isFormatted: promptId === 'c', text: '', tokenCount: 4 };
  });

  it('is scored on the prompts that it answered, by category in their order, with figures of its own', () => {
    const score = scorePolicy(
      {
        categoriesOf: ({ tier = '' }) => ({ tier: [tier], any: ['x', 'y'] }),
        measure: (graded) => ({ n: graded.length }),
      },
      prompts,
      records,
    );
    expect(score).toMatchObject({ accuracy: 0.5, n: 2, formatted: 0.5, meanTokens: 4, measures: { n: 2 } });
    expect(Object.keys(score.categories.tier)).toEqual(['level 8', 'level 10']);
    expect(score.categories.tier['level 10']).toMatchObject({ accuracy: 1, n: 1 });
    expect(score.categories.any.y).toMatchObject({ accuracy: 0.5, n: 2 });
  });
});
