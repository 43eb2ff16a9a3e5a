import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { anAnswerRecord, openPublished } from '../../support/published-benchmark.ts';

describe('LogicVista', () => {
  const { examination, answers, prompts, published } = openPublished<{ skills: Record<string, number> }>(
    'logicvista',
    'vlmevalkit',
  );
  const records = answers.map((answer) => anAnswerRecord(examination, answer));

  it('compares the letters that a reply chooses, in any order', () => {
    expect(answers.length).toBeGreaterThan(200);
    const differing = answers.filter(({ isCorrect }, index) => records[index].isCorrect !== isCorrect);
    expect(differing.map(({ prompt, response }) => [prompt.groundTruth, response])).toEqual([]);
  });

  it('comes to the accuracy by skill', () => {
    const { skill } = scorePolicy(examination, prompts, records).categories;
    expect(Object.keys(skill).sort()).toEqual(Object.keys(published.skills).sort());
    for (const [name, mean] of Object.entries(published.skills)) expect(skill[name].accuracy).toBeCloseTo(mean, 12);
  });
});
