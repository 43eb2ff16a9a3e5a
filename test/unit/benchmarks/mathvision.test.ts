import { openPublished } from '../../support/published-benchmark.ts';

describe('MathVision', () => {
  const { examination, answers, prompts } = openPublished('mathvision');

  it('grades as its own code does', () => {
    const differing = answers.filter(({ prompt, response, isCorrect }) => {
      return examination.grade(prompt, response).isCorrect !== isCorrect;
    });
    expect(answers.length).toBeGreaterThan(200);
    expect(differing.map(({ prompt, response }) => [prompt.groundTruth, response])).toEqual([]);
  });

  it('asks for a box, with the options behind the question', () => {
    const [free, choice] = prompts.map((prompt) => examination.word!(prompt).question);
    expect(free).toMatch(/^Please first solve .*"\\boxed\{\}"\. \nWhat is it\?\n<image1>\n$/s);
    expect(choice).toContain('<image1>\n(A) $\\sqrt{2}$\n(B) $60^{\\circ}$\n');
  });

  it('breaks accuracy down by subject and level', () => {
    const subjectAndLevel = { subject: ['counting'], level: ['2'], 'subject and level': ['counting, 2'] };
    expect(examination.categoriesOf(prompts[1])).toEqual(subjectAndLevel);
  });
});
