import { saysUnsolvable } from '../../../../src/benchmarks/cogmath/says-unsolvable.ts';
import { aResponse } from '../../../support/factories.ts';

describe('that a problem cannot be solved', () => {
  it.each([
    aResponse('cannot be solved'),
    aResponse('\\text{cannot be determined}'),
    '<think>The blue bar is hidden.</think> <answer>unknown</answer>',
    '<think>I see 7. Perhaps 12?</think> <answer>The problem cannot be solved.</answer>',
    'The question cannot be answered, because the blue bar is hidden behind the board.',
    'It is impossible to tell how tall the blue bar is.',
    "There isn't enough information to solve this.",
    'There is not enough information.',
    'Insufficient data.',
    'This problem is unsolvable: the price of the eggs is not given.',
    'The words do not form a meaningful question, so I cannot give an answer.',
    "This doesn't make sense.",
    'The question is scrambled. Could you restate it?',
    'The sum depends on which bar is meant.',
    "We can't determine the number of eggs sold without knowing the price.",
    'I am unable to determine the answer.',
    'No unique solution exists; the value of x could be 3 or 5. \\boxed{\\text{No unique solution}}',
    'The answer cannot be determined from the 2 bars that are visible.',
    'The height of the blue bar is unknown. If it were 5, the sum would be 12.',
    'The answer is indeterminate.',
    'Since the price per egg is missing, the information is incomplete.',
    '条件不足，无法确定。',
    'The problem is missing necessary information.',
    'It’s not possible to calculate the total.',
  ])('is said by %j', (response) => expect(saysUnsolvable(response)).toBe(true));

  it.each([
    '',
    aResponse('12'),
    aResponse('12', 'The blue bar is hidden, it cannot be determined. I guess 12.'),
    'The answer is 12.',
    '12',
    'It seems impossible to tell at first, but the axis helps: the answer is 12.',
    'The height is not given, so I assume 5. Therefore the sum is 12.',
    'The value is unknown; let x = 5. The result is \\boxed{12}.',
    'This is not impossible: 7 + 5 = 12.',
    'Nothing is missing here, we can solve it.',
    'No information is missing.',
    'The problem is not ambiguous.',
    'We cannot ignore the third bar.',
    '12 (the third bar is not shown)',
    '<think>This cannot be solved.</think>',
    'The unknown is x. Solving, x = 3.',
    'Not every bar is needed: it is 7.',
    'red 7, blue 5, 7 + 5 = 12.',
  ])('is not said by %j', (response) => expect(saysUnsolvable(response)).toBe(false));
});
