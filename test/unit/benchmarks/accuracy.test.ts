import { compareAccuracy, estimateAccuracy } from '../../../src/benchmarks/accuracy.ts';

const answers = (...correct: string[]) =>
  ['a', 'b', 'c', 'd'].map((promptId) => ({ promptId, isCorrect: correct.includes(promptId) }));

describe('accuracy', () => {
  it('is the share of correct answers with its interval', () => {
    const estimate = estimateAccuracy(answers('a', 'd'));
    expect(estimate).toMatchObject({ accuracy: 0.5, n: 4 });
    expect(estimate.low).toBeLessThan(0.5);
    expect(estimate.high).toBeGreaterThan(0.5);
  });

  it('over nothing says nothing', () => expect(estimateAccuracy([])).toEqual({ accuracy: 0, low: 0, high: 1, n: 0 }));

  it('of two policies is compared by prompt, whatever the order of the answers', () => {
    const comparison = compareAccuracy(answers('a', 'd'), answers('a', 'b', 'c').reverse());
    expect(comparison).toEqual({ difference: 0.25, mcnemarP: 1 });
  });
});
