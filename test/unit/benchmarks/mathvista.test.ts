import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { aPrompt } from '../../support/factories.ts';
import { anAnswerRecord, openPublished } from '../../support/published-benchmark.ts';

describe('MathVista', () => {
  const { examination, answers, prompts, published } = openPublished<{
    tables: Record<string, Record<string, [right: number, n: number]>>;
  }>('mathvista');
  const records = answers.map((answer) => anAnswerRecord(examination, answer));

  it('grades what a response says as its own code does', () => {
    expect(answers.length).toBeGreaterThan(200);
    const differing = answers.filter(({ isCorrect }, index) => records[index].isCorrect !== isCorrect);
    expect(differing.map(({ prompt, response }) => [prompt.groundTruth, prompt.options, response])).toEqual([]);
  });

  it('comes to its shares of right answers', () => {
    const { categories } = scorePolicy(examination, prompts, records);
    for (const [table, shares] of Object.entries(published.tables)) {
      const expected = Object.entries(shares).map(([name, [right, n]]) => [name, expect.closeTo(right / n, 12)]);
      const found = Object.entries(categories[table]).map(([name, { accuracy }]) => [name, accuracy]);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    }
  });

  it('asks as the published query does', () => {
    const details = { question_type: 'free_form', answer_type: 'float', precision: 1, unit: '$' };
    expect(examination.word!(aPrompt({ question: 'How much?', details })).question).toBe(
      'Hint: Please answer the question requiring a floating-point number with one decimal place and provide the final value, ' +
        'e.g., 1.2, 1.3, 1.4, at the end.\nQuestion: How much? (Unit: $)',
    );
    const choice = aPrompt({
      question: 'Which?',
      options: ['one', 'two'],
      details: { question_type: 'multi_choice', answer_type: 'text' },
    });
    const worded = examination.word!(choice);
    expect(worded.question).toBe(
      'Hint: Please answer the question and provide the correct option letter, e.g., A, B, C, D, at the end.\n' +
        'Question: Which?\nChoices:\n(A) one\n(B) two',
    );
    expect(worded).not.toHaveProperty('options');
    const asked = 'Hint: As it was.\nQuestion: Which?';
    expect(examination.word!({ ...choice, question: asked }).question).toBe(asked);
  });
});
