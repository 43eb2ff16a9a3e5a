import { comparePolicies } from '../../../src/benchmarks/compare-policies.ts';
import { benchmarkVersions, loadBenchmarks } from '../../../src/benchmarks/index.ts';
import { BUILT_IN_VERSIONS } from '../../../src/rewards/index.ts';
import { EVALUATED_POLICIES } from '../../../src/schema/evaluated-policies.ts';
import { aPrompt, aResponse, aRunConfig } from '../../support/factories.ts';

const withBenchmarks = (benchmarks: object) => loadBenchmarks(aRunConfig({ evaluation: { benchmarks } }));

describe('the held-out benchmark', () => {
  const [heldOut] = loadBenchmarks(aRunConfig());
  const gradeAll = (...texts: string[]) =>
    texts.map((text, index) =>
      heldOut.grade(aPrompt({ promptId: `p${index}`, tier: 'sum' }), { text, tokenIds: [1, 2] }),
    );

  it('asks each held-out prompt once, greedily', () => {
    expect(heldOut).toMatchObject({
      name: 'held-out',
      promptSet: 'evaluation',
      completionsPerPrompt: 1,
      sampling: { temperature: 0 },
    });
    expect(benchmarkVersions([heldOut])).toEqual({
      accuracy: BUILT_IN_VERSIONS.accuracy,
      format: BUILT_IN_VERSIONS.format,
      'held-out': '1',
    });
  });

  it('grades the answer and its format', () => {
    const [record] = gradeAll(aResponse('7'));
    const text = aResponse('7');
    expect(record).toEqual({ promptId: 'p0', tier: 'sum', isCorrect: true, isFormatted: true, text, tokenCount: 2 });
    expect(gradeAll('7')[0]).toMatchObject({ isCorrect: true, isFormatted: false });
    expect(gradeAll(aResponse('8'))[0]).toMatchObject({ isCorrect: false, isFormatted: true });
  });

  it('says what each policy achieved, and compares it with the one before', () => {
    const records = [gradeAll('8', '8'), gradeAll('7', '8'), gradeAll('7', '7')];
    const answers = EVALUATED_POLICIES.map((policy, index) => ({ policy, records: records[index] }));
    const { policies, comparisons } = comparePolicies(heldOut, answers);
    expect(Object.entries(policies).map(([name, { accuracy, n }]) => [name, accuracy, n])).toEqual([
      ['base', 0, 2],
      ['rl', 0.5, 2],
      ['rise', 1, 2],
    ]);
    expect(comparisons).toEqual([
      { policy: 'rl', against: 'base', difference: 0.5, mcnemarP: 1 },
      { policy: 'rise', against: 'rl', difference: 0.5, mcnemarP: 1 },
    ]);
  });
});

describe('the benchmarks of a run', () => {
  it('may bring prompts of their own', () => {
    const source = { kind: 'tasks', family: 'charts', split: 'evaluation', tiers: { sum: 2 }, seed: 5 };
    expect(withBenchmarks({ 'held-out': { source } })).toMatchObject([{ source, promptSet: 'held-out' }]);
  });

  it.each([
    [{ oracle: {} }, /^evaluation\.benchmarks\.oracle is oracle, which is not there \(held-out\); correct the name$/],
    [
      { 'held-out': { options: { k: 2 } } },
      /^evaluation\.benchmarks\.held-out\.options of held-out: .*Unrecognized key: "k"/,
    ],
    [{}, /name at least one benchmark/],
  ])('are refused as %j', (benchmarks, message) => expect(() => withBenchmarks(benchmarks)).toThrow(message));
});
