import { benchmarkVersions, loadBenchmarks } from '../../../src/benchmarks/index.ts';
import { recordAnswer } from '../../../src/benchmarks/record-answer.ts';
import { BUILT_IN_VERSIONS } from '../../../src/rewards/index.ts';
import { aPrompt, aResponse, aRunConfig } from '../../support/factories.ts';

const withBenchmarks = (benchmarks: object) => loadBenchmarks(aRunConfig({ evaluation: { benchmarks } }));

describe('the held-out benchmark', () => {
  const [heldOut] = loadBenchmarks(aRunConfig());
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

  it('grades the answer, and says what it was', () => {
    expect(heldOut.grade(aPrompt(), aResponse('7'))).toEqual({ isCorrect: true, answer: '7' });
    expect(heldOut.grade(aPrompt(), 'It is 8.')).toMatchObject({ isCorrect: false });
    expect(heldOut.grade(aPrompt(), '')).toEqual({ isCorrect: false, answer: undefined });
  });

  it('keeps the answer with its verdict and its format', () => {
    const text = aResponse('7');
    const prompt = aPrompt({ promptId: 'p', tier: 'sum' });
    expect(recordAnswer(heldOut, prompt, { text, tokenCount: 2, sampleIndex: 3 })).toEqual({
      ...{ promptId: 'p', sampleIndex: 3, tier: 'sum', answer: '7' },
      ...{ isCorrect: true, isFormatted: true, text, tokenCount: 2 },
    });
    expect(recordAnswer(heldOut, prompt, { text: '7', tokenCount: 1 })).toMatchObject({ isFormatted: false });
  });
});

describe('the benchmarks of a run', () => {
  it('may bring prompts of their own', () => {
    const source = { kind: 'tasks', family: 'charts', split: 'evaluation', tiers: { sum: 2 }, seed: 5 };
    expect(withBenchmarks({ 'held-out': { source } })).toMatchObject([{ source, promptSet: 'held-out' }]);
  });

  it.each([
    [
      { oracle: {} },
      /^evaluation\.benchmarks\.oracle is oracle, which is not there \(held-out, .*\); correct the name$/,
    ],
    [
      { 'held-out': { options: { k: 2 } } },
      /^evaluation\.benchmarks\.held-out\.options of held-out: .*Unrecognized key: "k"/,
    ],
    [{}, /name at least one benchmark/],
  ])('are refused as %j', (benchmarks, message) => expect(() => withBenchmarks(benchmarks)).toThrow(message));
});
