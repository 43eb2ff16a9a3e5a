import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { anAnswerRecord, openPublished } from '../../support/published-benchmark.ts';

describe('DynaMath', () => {
  const { examination, answers, prompts, published } = openPublished<{
    measures: Record<string, number>;
    subjects: Record<string, number>;
  }>('dynamath', 'vlmevalkit');
  const records = answers.map((answer) => anAnswerRecord(examination, answer));

  it('grades as its own rules do', () => {
    expect(answers.length).toBeGreaterThan(200);
    const differing = answers.filter(({ isCorrect }, index) => records[index].isCorrect !== isCorrect);
    expect(
      differing.map(({ prompt, response }) => [prompt.groundTruth, prompt.details?.answer_type, response]),
    ).toEqual([]);
  });

  it('comes to its worst case over the variants, and to its averages', () => {
    const { measures, categories } = scorePolicy(examination, prompts, records);
    const { 'worst case': worst, 'reasoning robustness': robustness } = published.measures;
    expect(worst).toBeGreaterThan(0.1);
    expect(measures['worst case']).toBeCloseTo(worst, 12);
    expect(measures['reasoning robustness']).toBeCloseTo(robustness, 12);
    for (const [subject, mean] of Object.entries(published.subjects)) {
      expect(categories.subject[subject].accuracy).toBeCloseTo(mean, 12);
    }
  });

  it('asks for JSON, and for a number where one is', () => {
    const float = prompts.find(({ details }) => details?.answer_type === 'float')!;
    const asked = examination.word!(float).question;
    expect(asked).toMatch(/^## Question\nHow much\?Please answer in a floating-point number\.\n## Answer Instruction/);
    expect(asked).toMatch(/\{\n {4}"solution": .*\n {4}"short answer": "\[Concise Answer\]"\n\}$/);
  });

  it('refuses prompts without what it goes by', () => {
    const bare = { ...prompts[0], details: undefined };
    const ask = () => examination.word!(bare);
    expect(ask).toThrow(/has no details\.answer_type, .* rise convert --from vlmevalkit$/);
  });
});
