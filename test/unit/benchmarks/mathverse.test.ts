import { openBenchmark } from '../../../src/benchmarks/index.ts';
import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { anAnswerRecord, openPublished } from '../../support/published-benchmark.ts';

describe('MathVerse', () => {
  const { examination, answers, prompts, published } = openPublished<{
    versions: Record<string, Record<string, number>>;
  }>('mathverse');
  const records = answers.map((answer) => anAnswerRecord(examination, answer));

  it('grades as VLMEvalKit does with a language model that reads and compares rightly', () => {
    expect(answers.length).toBeGreaterThan(200);
    const differing = answers.filter(({ isCorrect }, index) => records[index].isCorrect !== isCorrect);
    expect(differing.map(({ prompt, response }) => [prompt.groundTruth, response])).toEqual([]);
  });

  it('comes to its accuracy by version', () => {
    const { version } = scorePolicy(examination, prompts, records).categories;
    for (const [name, { Overall }] of Object.entries(published.versions)) {
      expect(100 * version[name].accuracy).toBeCloseTo(Overall, 10);
    }
  });

  it('of the vision only version comes to its accuracies by subject and subfield', () => {
    const visionOnly = openBenchmark('benchmark', { name: 'mathverse-vision-only', options: {} }, { gradeOptions: {} });
    const asked = prompts.filter(visionOnly.asks!);
    expect(asked).toHaveLength(prompts.length / 5);
    const { accuracy, categories } = scorePolicy(visionOnly, asked, records);
    const { Overall, ...shares } = published.versions['Vision Only'];
    expect(100 * accuracy).toBeCloseTo(Overall, 10);
    const found = Object.entries({ ...categories.subject, ...categories.subfield });
    expect(Object.fromEntries(found.map(([name, each]) => [name, 100 * each.accuracy]))).toEqual(
      Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, expect.closeTo(share, 10)])),
    );
  });

  it('asks for reasoning, in the words of the file', () => {
    const [textDominant, visionOnly] = ['Text Dominant', 'Vision Only'].map(
      (version) => prompts.find(({ details }) => details?.problem_version === version)!,
    );
    expect(examination.word!(textDominant).question).toMatch(
      /^Please first conduct reasoning, .*\nQuestion: How large is angle 1\?/,
    );
    expect(examination.word!(visionOnly).question).toMatch(/\nQuestion: $/);
  });
});
