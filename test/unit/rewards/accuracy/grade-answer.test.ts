import { findGoldFault, gradeAnswer } from '../../../../src/rewards/index.ts';

const boxed = (answer: string) => `So it is \\boxed{${answer}}.`;
const verdictOf = (groundTruth: string, response: string, options: string[] = []) =>
  gradeAnswer({ groundTruth, options }, response).verdict;

describe('equal answers, written differently', () => {
  it.each([
    ['12', '12'],
    ['-3', '−3'],
    ['123456789012345678901', '123,456,789,012,345,678,901'],
    ['1/2', '\\frac{2}{4}'],
    ['\\frac12', '0.5'],
    ['1/3', '0.333333'],
    ['1.50', '1.5'],
    ['3/2', '1\\frac{1}{2}'],
    ['10', '10 \\text{ cm}'],
    ['10\\mathrm{~cm}^{2}', '10 cm^2'],
    ['60', '60^{\\circ}'],
    ['5', 'x = 5'],
    ['x=5', '5'],
    ['4', '2 + 2 = 4'],
    ['10%', '10'],
    ['10', '10\\%'],
    ['0.1', '10%'],
    ['1.06', '\\$1.06'],
    ['2\\pi', '2 \\cdot \\pi'],
    ['6(\\sqrt{2}-1)', '6\\sqrt2-6'],
    ['\\sqrt{16}', '4'],
    ['2^{10}', '1024'],
    ['1000', '1{,}000'],
    ['(3,-4)', '\\left(3, -4\\right)'],
    ['(3,-4)', '(6/2, -4.0)'],
    ['\\{1, 2\\}', '\\{2,1\\}'],
    ['1, 2 and 4', '1,2,4'],
    ['[0, 1)', '[0,1)'],
    ['1:4', '\\frac{1}{4}'],
    ['March', '\\text{march}'],
    ['7', 'seven'],
    ['a+b', 'a + b'],
    ['a+b', 'b+a'],
    ['3 m', '300 cm'],
    ['(A)', 'A'],
    ['3, 4', 'x = 3, y = 4'],
    ['(3,4)', 'P = (3, 4)'],
  ])('%j accepts %j', (gold, answer) => expect(verdictOf(gold, boxed(answer))).toBe('correct'));
});

describe('different answers', () => {
  it.each([
    ['1/3', '0.333'],
    ['123456789012345678901', '123456789012345678902'],
    ['50', '0.5'],
    ['12', '21'],
    ['(3,-4)', '(-4,3)'],
    ['[0,1)', '[0,1]'],
    ['\\{1,2\\}', '\\{1,3\\}'],
    ['(1,234)', '1234'],
    ['1,2', '1,2,3'],
    ['2\\pi', '6.28'],
    ['March', 'May'],
    ['10%', '100'],
    ['4', 'x=3, y=4'],
    ['25', '25\\pi'],
  ])('%j refuses %j', (gold, answer) => expect(verdictOf(gold, boxed(answer))).toBe('incorrect'));

  it.each([
    ['2', '2x'],
    ['23', '2 3'],
    ['12', '12 or 13'],
    ['5', 'process.exit(1)'],
    ['5', '9^{9^{9^{9}}}'],
    ['5', `${'('.repeat(300)}5`],
  ])('%j against %j earns nothing', (gold, answer) => expect(verdictOf(gold, boxed(answer))).not.toBe('correct'));
});

describe('choices', () => {
  const lengths = ['$8 \\mathrm{~cm}$', '$9 \\mathrm{~cm}$', '$10 \\mathrm{~cm}$'];
  it.each(['B', '(B)', 'B.', 'b', '\\text{(B)}\\ 9', 'option B', '9', '9 cm', '\\textbf{B}'])(
    '%j is the second',
    (answer) => expect(verdictOf('B', boxed(answer), lengths)).toBe('correct'),
  );
  it.each(['A', '(C)', '10 cm', '(A) 9'])('%j is not the second', (answer) =>
    expect(verdictOf('B', boxed(answer), lengths)).toBe('incorrect'),
  );
  it('takes a ground truth that is the option itself', () => {
    expect(verdictOf('9 cm', boxed('B'), lengths)).toBe('correct');
  });
  it.each([
    ['orders', '$3,4,2,1,5$', '$3,5,4,2,1$'],
    ['codes', '5-2-3-1-4', '5-4-3-2-1'],
    ['signs', '$\\Delta, \\square$', '$\\square, \\Delta$'],
  ])('takes %s as written when they are another option', (_, right, wrong) => {
    expect(verdictOf('B', boxed(wrong), [wrong, right])).toBe('incorrect');
    expect(verdictOf('B', boxed(right), [wrong, right])).toBe('correct');
  });
  it('takes either reading where options are letters in another order', () => {
    expect(verdictOf('E', boxed('G'), ['A', 'B', 'D', 'F', 'G'])).toBe('correct');
  });
});

describe('the final answer', () => {
  it.each([
    ['<think>\\boxed{1}</think> <answer>\\boxed{7}</answer>', 'correct'],
    ['<think>a 7</think> <answer>7</answer>', 'correct'],
    ['<think>it must be \\boxed{7}', 'incorrect'],
    ['First \\boxed{3}, no: \\boxed{7}', 'correct'],
    ['\\boxed{\\frac{14}{2}}', 'correct'],
    ['\\boxed{7} or \\boxed{unfinished', 'correct'],
    ['Therefore, the answer is 7.', 'correct'],
    ['**Answer:** 7', 'correct'],
    ['7', 'correct'],
    ['There are 9 cats. Two leave, so 9 - 2 = 7 remain.', 'correct'],
    ['I need the figure with 7 cats. Please provide it.', 'incorrect'],
    ['', 'incorrect'],
    ['<think>7</think>', 'incorrect'],
  ])('of %j is %s', (response, verdict) => expect(verdictOf('7', response)).toBe(verdict));

  it('is reported with where it was found and how it was compared', () => {
    const verdict = gradeAnswer({ groundTruth: '7' }, '\\boxed{8}');
    expect(verdict).toEqual({
      verdict: 'incorrect',
      extracted: '8',
      reason: 'boxed "8" differs from "7", as quantities',
    });
  });
});

describe('a ground truth that cannot be graded', () => {
  it.each([
    [{ groundTruth: '$$' }, /cannot be read/],
    [{ groundTruth: '\\frac{1}{' }, /cannot be read/],
    [{ groundTruth: 'F', options: ['1', '2'] }, /none of the 2 options/],
  ])('%j is named', (prompt, fault) => expect(findGoldFault(prompt)).toMatch(fault));

  it.each([{ groundTruth: '7' }, { groundTruth: 'B', options: ['1', '2'] }, { groundTruth: '2', options: ['1', '2'] }])(
    '%j is fine',
    (prompt) => expect(findGoldFault(prompt)).toBeUndefined(),
  );
});
