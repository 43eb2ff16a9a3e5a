import {
  completeSolution,
  DEFAULT_DEMANDS,
  isFormatted,
  prepareResponse,
  responseDemandsOf,
} from '../../../src/rewards/index.ts';
import { aPrompt, aResponse, aRunConfig } from '../../support/factories.ts';

const prepare = (response: string, prompt = aPrompt()) => prepareResponse(prompt, response, DEFAULT_DEMANDS);
const choice = aPrompt({ options: ['red', 'blue', 'green'], groundTruth: 'B' });

describe('a worked response', () => {
  it.each([
    ['in the format stays as it is', aResponse('7'), aResponse('7')],
    [
      'in the format, over lines',
      '<think>a\nb</think>\n<answer>\n7\n</answer>\n',
      '<think>a\nb</think>\n<answer>\n7\n</answer>\n',
    ],
    [
      'with a box',
      'Add 3 and 4: $\\boxed{7}$.',
      '<think>Add 3 and 4: $\\boxed{7}$.</think> <answer>\\boxed{7}</answer>',
    ],
    ['with a last line', '3 + 4 = 7\n#### 7', '<think>3 + 4 = 7\n#### 7</think> <answer>\\boxed{7}</answer>'],
    [
      'with a sentence',
      'Add 3 and 4. The answer is 7.',
      '<think>Add 3 and 4. The answer is 7.</think> <answer>\\boxed{7}</answer>',
    ],
    ['that only thinks in tags', '<think>3 and 4</think> 7', '<think>3 and 4</think> <answer>7</answer>'],
    ['that only answers in tags', 'Add 3 and 4.\n<answer>7</answer>', '<think>Add 3 and 4.</think> <answer>7</answer>'],
  ])('%s', (_, response, expected) => {
    expect(prepare(response)).toMatchObject({ kind: 'usable', response: expected });
    expect(isFormatted(expected)).toBe(true);
  });

  it('of a choice answers by its letter', () => {
    const prepared = prepare('The sky is blue, so the answer is (B).', choice);
    expect(prepared).toMatchObject({
      kind: 'usable',
      response: expect.stringMatching(/<answer>\\boxed\{\(?B\)?\}<\/answer>$/),
    });
  });

  it.each([
    ['a wrong answer in the format', aResponse('8'), 'wrong'],
    ['a wrong answer without it', 'Add 3 and 5: $\\boxed{8}$.', 'wrong'],
    ['no answer', 'I do not know.', 'wrong'],
    ['the answer alone', '7', 'unformatted'],
    ['the answer alone in a box', '$\\boxed{7}$', 'unformatted'],
    ['the answer alone behind its mark', '#### 7', 'unformatted'],
    ['"The answer is 7."', 'The answer is 7.', 'unformatted'],
    ['an answer without thought', '<answer>7</answer>', 'unformatted'],
    ['a blank thought', '<think> </think> <answer>7</answer>', 'unformatted'],
    ['two thoughts', '<think>a</think><think>b</think> <answer>7</answer>', 'unformatted'],
    ['text before the thought', 'Well. <think>a</think> <answer>7</answer>', 'unformatted'],
    ['text after the answer', '<think>a</think> <answer>7</answer> Done.', 'unformatted'],
    ['an open thought', '<think>3 and 4 are 7. <answer>7</answer>', 'wrong'],
    ['an open answer', 'It is <answer>7', 'unformatted'],
  ])('is refused with %s', (_, response, reason) => {
    expect(prepare(response)).toMatchObject({ kind: 'refused', reason });
  });

  it('may have any format where the rewards ask for none', () => {
    const { rewards } = aRunConfig({ rewards: { format: 0 } });
    expect(prepareResponse(aPrompt(), '7', responseDemandsOf(rewards))).toMatchObject({
      kind: 'usable',
      response: '7',
    });
    expect(responseDemandsOf(aRunConfig().rewards)).toEqual({ format: 'asked for', grading: { decimalComma: false } });
  });

  it('is read as the accuracy reward is told to', () => {
    const { rewards } = aRunConfig({ rewards: { accuracy: { options: { decimalComma: true } } } });
    const prompt = aPrompt({ groundTruth: '3,14' });
    expect(prepareResponse(prompt, aResponse('3.14'), responseDemandsOf(rewards))).toMatchObject({ kind: 'usable' });
    expect(prepare(aResponse('3.14'), prompt)).toMatchObject({ kind: 'refused' });
  });
});

describe('a worked solution', () => {
  const turned = 'Andrew turned back three times in total as marked on the right-hand diagram.';
  const box = (answer: string) => `\nThe answer is $\\boxed{${answer}}$.`;

  it.each([
    ['that says its answer stays', 'Add 3 and 4 to get 7.', {}, ''],
    ['that leaves the answer to its field gets it', turned, { groundTruth: '3' }, box('3')],
    ['that ends with a remark gets it', 'The middle number is 7. Note that it is a 3 x 3 square.', {}, box('7')],
    ['of a choice gets its letter', turned, { options: ['2', '3'], groundTruth: 'B' }, box('B')],
    [
      'of a choice that ends with its text gets its letter',
      'The angles of a triangle sum to two right angles. So $\\angle V W Y=60^{\\circ}-20^{\\circ}=40^{\\circ}$.',
      { options: ['$30^{\\circ}$', '$40^{\\circ}$'], groundTruth: 'B' },
      box('B'),
    ],
    [
      'of a choice that ends with another text stays',
      'The angles of a triangle sum to two right angles. So $\\angle V W Y=60^{\\circ}-30^{\\circ}=30^{\\circ}$.',
      { options: ['$30^{\\circ}$', '$40^{\\circ}$'], groundTruth: 'B' },
      '',
    ],
    ['gets what is read in a gold', turned, { groundTruth: '<answer> 3 </answer>' }, box('3')],
    ['that ends with another value stays', 'Add 3 and 5 to get 8.', {}, ''],
    ['that says another answer stays', 'With 7 in mind, the answer is \\boxed{8}.', {}, ''],
    ['that says another choice stays', 'So the answer is (A).', { options: ['2', '3'], groundTruth: 'B' }, ''],
    ['that is none stays', 'See above.', {}, ''],
    ['with tags stays', '<think>I count and count and count and count and count.</think>', {}, ''],
  ])('%s', (_, solution, fields, added) => {
    const prompt = aPrompt(fields);
    const completed = completeSolution(prompt, solution);
    expect(completed).toBe(solution + added);
    if (added !== '') expect(prepare(completed, prompt).kind).toBe('usable');
  });
});
