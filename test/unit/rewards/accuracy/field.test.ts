import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../src/base/package-root.ts';
import { findGoldFault, gradeAnswer } from '../../../../src/rewards/index.ts';

/** An answer as models wrote it, and whether a person who reads it calls it right. */
interface FieldCase {
  kind: string;
  gold: string;
  answer: string;
  options?: string[];
  /** Where the answer repeats what it asks for. */
  question?: string;
  isRight: boolean;
}

/** Answers that are all right, or all wrong, however a response presents them. */
interface Answers {
  gold: string;
  options?: string[];
  answers: string[];
}

const read = (name: string) =>
  readFileSync(join(packageRoot, 'test/fixtures/grading', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const cases: FieldCase[] = read('field.jsonl');
const rightAnswers: Answers[] = read('right-answers.jsonl');
const wrongAnswers: Answers[] = read('wrong-answers.jsonl');

describe('answers met in the field', () => {
  it.each([...Map.groupBy(cases, ({ kind }) => kind)])('of the kind %s are read as a person reads them', (_, own) => {
    const misread = own.flatMap(({ gold, answer, options, question, isRight }) => {
      const { verdict, reason } = gradeAnswer({ groundTruth: gold, options, question }, answer);
      return (verdict === 'correct') === isRight ? [] : [`${isRight ? 'right' : 'wrong'}, but ${verdict}: ${reason}`];
    });
    expect(misread).toEqual([]);
  });

  it('have golds that can be graded against', () => {
    const faults = cases.map(({ gold, options }) => findGoldFault({ groundTruth: gold, options }));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});

describe('the same answer, presented in many ways', () => {
  const dresses: [string, (answer: string) => string][] = [
    ['in a box', (answer) => `\\boxed{${answer}}`],
    ['in a box, as text', (answer) => `\\boxed{\\text{${answer}}}`],
    ['in a box within a tag', (answer) => `<answer>\\boxed{${answer}}</answer>`],
    ['in a tag', (answer) => `<answer>${answer}</answer>`],
    ['in a sentence of a tag', (answer) => `<answer>It is ${answer}.</answer>`],
    ['after thinking', (answer) => `<think>so 99 or 98</think>\n<answer>${answer}</answer>`],
    ['stated', (answer) => `The answer is ${answer}.`],
    ['stated in bold', (answer) => `The answer is **${answer}**.`],
    ['stated with an aside', (answer) => `Thus, the answer is ${answer}, as shown.`],
    ['behind a heading', (answer) => `**Final Answer:** ${answer}`],
    ['under a heading', (answer) => `**Answer:**\n\n${answer}`],
    ['at the end of a sentence', (answer) => `We count all the things that are in the picture. Hence it is ${answer}.`],
    ['as a formula at the end', (answer) => `First we look.\nTherefore, the result is $${answer}$.`],
    ['alone', (answer) => answer],
    ['before a control token', (answer) => `The answer is ${answer}.<|im_end|>`],
    ['in Chinese', (answer) => `答案是${answer}。`],
    ['in Spanish', (answer) => `La respuesta es ${answer}.`],
  ];
  const verdictsOf = (groups: Answers[], dress: (answer: string) => string) =>
    groups.flatMap(({ gold, options, answers }) =>
      answers.map((answer) => gradeAnswer({ groundTruth: gold, options }, dress(answer))),
    );

  it.each(dresses)('%s is correct where it is right', (_, dress) => {
    expect(verdictsOf(rightAnswers, dress).filter(({ verdict }) => verdict !== 'correct')).toEqual([]);
  });

  it.each(dresses)('%s is never correct where it is wrong', (_, dress) => {
    expect(verdictsOf(wrongAnswers, dress).filter(({ verdict }) => verdict === 'correct')).toEqual([]);
  });
});

describe('a ground truth', () => {
  it.each([
    ['<answer> 3 </answer>', '3', 'the answer tags'],
    ['5-3=2\n#### 2', '2', 'the last line'],
    ['We add them. The sum is $\\boxed{7}$.', '7', 'the box'],
    ['The answer is $5$.', '5', 'the statement'],
    ['The length is $73$ cm.', '73 cm', 'the sentence'],
  ])('such as %j is read as %j', (groundTruth, answer, place) => {
    expect(findGoldFault({ groundTruth })).toBeUndefined();
    const { verdict, reason } = gradeAnswer({ groundTruth }, `\\boxed{${answer}}`);
    expect(verdict).toBe('correct');
    expect(reason).toContain(`read in ${place} of the gold`);
  });

  it.each([
    ['\frac{1}{2}', /control character in "\\frac/],
    ['6 \text{ cm}', /control character in "\\text/],
    ['x \neq 3', /control character/],
    ['\beta', /control character/],
    ['First 5-3=2.\nThen 2 eggs are left.', /several lines/],
    ['There are $3$ cats and $4$ dogs in all', /no one number/],
    [`It ${'really '.repeat(30)}is so`, /33 words/],
  ])('such as %j is refused', (groundTruth, fault) => expect(findGoldFault({ groundTruth })).toMatch(fault));

  it.each(['isosceles triangle', 'all real numbers except 0', 'x = 3\ty = 4', 'Mount Everest', '2 cups of sugar'])(
    'such as %j stands as it is',
    (groundTruth) => {
      expect(findGoldFault({ groundTruth })).toBeUndefined();
      expect(gradeAnswer({ groundTruth }, `\\boxed{${groundTruth}}`)).toMatchObject({ verdict: 'correct' });
    },
  );
});
