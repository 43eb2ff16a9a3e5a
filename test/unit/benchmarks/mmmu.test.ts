import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { aPrompt } from '../../support/factories.ts';
import { anAnswerRecord, openPublished } from '../../support/published-benchmark.ts';

const close = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, expect.closeTo(value, 12)]));

describe('MMMU', () => {
  const { examination, answers, prompts, published } =
    openPublished<Record<'subject' | 'discipline' | 'measures', Record<string, number>>>('mmmu');
  const records = answers.map((answer) => anAnswerRecord(examination, answer));

  it('grades as its own code does', () => {
    expect(answers.length).toBeGreaterThan(200);
    const differing = answers.filter(({ isCorrect }, index) => records[index].isCorrect !== isCorrect);
    expect(differing.map(({ prompt, response }) => [prompt.groundTruth, prompt.options, response])).toEqual([]);
  });

  it('comes to its accuracies by subject and discipline, and to what guesses would add', () => {
    const { categories, measures } = scorePolicy(examination, prompts, records);
    for (const table of ['subject', 'discipline'] as const) {
      const found = Object.entries(categories[table]).map(([name, { accuracy }]) => [name, accuracy]);
      expect(Object.fromEntries(found)).toEqual(close(published[table]));
    }
    expect(measures).toEqual(close(published.measures));
  });

  it('asks for a letter, or for a word', () => {
    const choice = aPrompt({ question: 'Which is <image 1>?', options: ['one', 'two'] });
    expect(examination.word!(choice)).toMatchObject({
      question:
        "Which is <image 1>?\n(A) one\n(B) two\n\nAnswer with the option's letter from the given choices directly.",
    });
    expect(examination.word!(aPrompt({ question: 'How much?' })).question).toBe(
      'How much?\nAnswer the question using a single word or phrase.',
    );
  });
});
