import { BUILT_IN_REWARDS, gradeAnswer } from '../../../../src/rewards/index.ts';

const verdictOf = (groundTruth: string, answer: string, options?: string[]) =>
  gradeAnswer({ groundTruth, options }, `\\boxed{${answer}}`, { decimalComma: true }).verdict;

describe('the decimal comma, where it is asked for', () => {
  it.each([
    ['3,14', '3,14'],
    ['3.5', '3,5'],
    ['3,5', '\\frac{7}{2}'],
    ['1234,5', '1.234,5'],
    ['1.234', '1234'],
    ['2{,}5', '5/2'],
    ['2,5 cm', '25 mm'],
    ['1; 2,5', '2,5; 1'],
    ['1, 2', '2, 1'],
    ['1,2,3', '3,2,1'],
    ['-0,5', '-1/2'],
  ])('%j accepts %j', (gold, answer) => expect(verdictOf(gold, answer)).toBe('correct'));

  it.each([
    ['3,14', '314'],
    ['3,14', '3; 14'],
    ['1,5', '15'],
    ['1.234', '1,234'],
    ['0,5', '-0,5'],
    ['2,5', '5,2'],
  ])('%j refuses %j', (gold, answer) => expect(verdictOf(gold, answer)).not.toBe('correct'));

  it('reads options and sentences too', () => {
    expect(verdictOf('B', '2,5', ['1,5', '2,5'])).toBe('correct');
    expect(verdictOf('B', '1,5', ['1,5', '2,5'])).toBe('incorrect');
    expect(gradeAnswer({ groundTruth: '2,5' }, 'The length is 2,5 cm.', { decimalComma: true }).verdict).toBe(
      'correct',
    );
  });

  it('separates a list where it is not', () => {
    expect(gradeAnswer({ groundTruth: '3.5' }, '\\boxed{3,5}').verdict).toBe('incorrect');
  });

  it('is an option of the accuracy reward', async () => {
    const accuracy = BUILT_IN_REWARDS.find(({ name }) => name === 'accuracy')!;
    const scorer = accuracy.create(accuracy.options.parse({ decimalComma: true }), { maxNewTokens: 100 } as never);
    const score = await scorer.score({ groundTruth: '3.5' } as never, { text: '\\boxed{3,5}' } as never);
    expect(score.value).toBe(1);
  });
});
