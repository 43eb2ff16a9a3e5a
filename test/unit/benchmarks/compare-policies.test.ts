import { adjustTogether, compareAccuracy, comparePolicies } from '../../../src/benchmarks/compare-policies.ts';
import type { EvaluationRecord } from '../../../src/schema/evaluation.ts';
import { aPrompt } from '../../support/factories.ts';

const aRecord = (promptId: string, isCorrect: boolean, sampleIndex?: number): EvaluationRecord => {
  const answer = isCorrect ? '7' : `wrong ${sampleIndex ?? ''}`;
  return { promptId, sampleIndex, answer, isCorrect, isFormatted: true, text: answer, tokenCount: 2 };
};
const close = (value: number) => expect.closeTo(value, 12);
const answers = (...correct: string[]) =>
  ['a', 'b', 'c', 'd'].map((promptId) => aRecord(promptId, correct.includes(promptId)));

describe('two policies', () => {
  it('are compared by prompt, whatever the order of the answers', () => {
    const comparison = compareAccuracy(answers('a', 'd'), answers('a', 'b', 'c').reverse());
    expect(comparison).toMatchObject({ difference: 0.25, test: 'mcnemar', p: 1 });
    expect(comparison.low).toBeLessThan(0);
    expect(comparison.high).toBeGreaterThan(0.25);
  });

  it('of several answers a prompt are compared by each prompt’s share', () => {
    const before = ['a', 'b', 'c'].flatMap((id) => [aRecord(id, false, 0), aRecord(id, id === 'a', 1)]);
    const after = ['a', 'b', 'c'].flatMap((id) => [aRecord(id, true, 0), aRecord(id, id !== 'c', 1)]);
    // Gains of 0.5, 1 and 0.5: two of the eight choices of signs reach their sum.
    expect(compareAccuracy(before, after)).toMatchObject({ difference: 2 / 3, test: 'sign-flip', p: 0.25 });
  });

  it('are compared on the prompts that both answered', () => {
    expect(compareAccuracy(answers('a').slice(0, 1), answers('b'))).toMatchObject({ difference: -1 });
    expect(compareAccuracy([], answers('b'))).toMatchObject({ difference: 0, p: 1 });
  });
});

describe('comparisons that are reported together', () => {
  const prompts = Array.from({ length: 12 }, (_, at) => aPrompt({ promptId: `p${at}` }));
  const solving = (count: number) => prompts.map(({ promptId }, at) => aRecord(promptId, at < count));
  const examination = { categoriesOf: () => ({}) };
  const compare = (...solved: number[]) =>
    comparePolicies(
      examination,
      prompts,
      solved.map((count, at) => ({ policy: { name: `policy-${at}` }, records: solving(count) })),
    );

  it('are adjusted by Holm within a benchmark', () => {
    const { comparisons } = compare(0, 6, 12);
    expect(comparisons.map(({ p }) => p)).toEqual([close(0.03125), close(0.03125)]);
    expect(comparisons.map(({ adjustedP }) => adjustedP)).toEqual([close(0.0625), close(0.0625)]);
  });

  it('are adjusted over several benchmarks, each keeping its own', () => {
    const adjusted = adjustTogether({ one: compare(0, 6), two: compare(0, 12), three: compare(3, 3) });
    const ps = Object.values(adjusted).map(({ comparisons }) => comparisons[0].adjustedP);
    expect(ps).toEqual([close(0.0625), close(3 * 0.00048828125), 1]);
  });
});
