import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { anAnswerRecord, openPublished } from '../../support/published-benchmark.ts';

describe('several answers to each prompt', () => {
  it.each([
    ['we-math', 'we-math'],
    ['dynamath', 'vlmevalkit'],
  ])('give %s the means of its own figures, and pass at k, majority and worst case beside', (name, format) => {
    const { examination, answers, prompts } = openPublished(name, format);
    const first = answers.map((answer) => anAnswerRecord(examination, answer));
    // A second pass that is wrong throughout.
    const second = first.map((record) => ({ ...record, isCorrect: false, answer: 'Z', text: 'Z' }));
    const score = (records: typeof first) => scorePolicy(examination, prompts, records);
    const passes = [score(first), score(second)];
    const both = score(
      [first, second].flatMap((records, sampleIndex) => records.map((record) => ({ ...record, sampleIndex }))),
    );
    for (const [figure, value] of Object.entries(both.measures)) {
      expect(value).toBeCloseTo((passes[0].measures[figure] + passes[1].measures[figure]) / 2, 12);
    }
    expect(both.accuracy).toBeCloseTo(passes[0].accuracy / 2, 12);
    expect(both.several).toMatchObject({
      completionsPerPrompt: 2,
      passAt: { 1: expect.closeTo(passes[0].accuracy / 2, 12), 2: expect.closeTo(passes[0].accuracy, 12) },
      worst: { accuracy: 0 },
    });
  });
});
