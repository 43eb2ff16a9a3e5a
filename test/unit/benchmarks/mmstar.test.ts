import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { anAnswerRecord, openPublished } from '../../support/published-benchmark.ts';

describe('MMStar', () => {
  const { examination, answers, prompts, published } = openPublished<{
    categories: Record<string, number>;
    finer: Record<string, number>;
  }>('mmstar', 'vlmevalkit');

  it('grades as its own code does, and comes to its scores', () => {
    const records = answers.map((answer) => anAnswerRecord(examination, answer));
    expect(answers.length).toBeGreaterThan(200);
    expect(records.map(({ isCorrect }) => isCorrect)).toEqual(answers.map(({ isCorrect }) => isCorrect));
    const { categories } = scorePolicy(examination, prompts, records);
    for (const [table, expected] of Object.entries({
      category: published.categories,
      'finer category': published.finer,
    })) {
      const accuracies = Object.entries(categories[table]).map(([name, { accuracy }]) => [name, accuracy]);
      expect(Object.fromEntries(accuracies)).toEqual(expectClose(expected));
    }
  });

  it('asks as VLMEvalKit does where the options are columns, else as the question stands', () => {
    const asked = examination.word!({ ...prompts[0], question: 'Which?', options: ['one', 'two'] });
    expect(asked.question).toBe(
      'Question: Which?\nOptions:\nA. one\nB. two\nPlease select the correct answer from the options above. \n',
    );
    expect(examination.word!(prompts[0])).toEqual(prompts[0]);
  });
});

const expectClose = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, expect.closeTo(value, 12)]));
