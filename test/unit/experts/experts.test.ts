import { consult } from '../../../src/experts/consult.ts';
import { loadExpert } from '../../../src/experts/index.ts';
import { DEFAULT_DEMANDS } from '../../../src/rewards/index.ts';
import { countWithoutExample } from '../../../src/schema/route.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { anExpertRoute, aPrompt, aResponse } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const store = openStore(aTemporaryFolder());
const solved = aPrompt({ promptId: 'solved', solution: aResponse('7') });
const wrong = aPrompt({ promptId: 'wrong', solution: aResponse('8') });
const unsolved = aPrompt({ promptId: 'unsolved' });

describe('an expert', () => {
  it.each([
    [
      'worked-solution',
      [
        ['solved', true],
        ['wrong', false],
      ],
    ],
    ['none', []],
  ])('called %s answers what it can, each answer with its verdict', async (name, expected) => {
    const answers = await consult(loadExpert(store, { name, options: {} }), [solved, wrong, unsolved], DEFAULT_DEMANDS);
    expect(answers.map(({ promptId, isVerified }) => [promptId, isVerified])).toEqual(expected);
    for (const answer of answers)
      expect(answer).toMatchObject({ provider: name, evidence: expect.stringMatching(/: /) });
  });

  it.each([
    [
      { name: 'oracle', options: {} },
      /^expert is oracle, which is not there \(worked-solution, none\); correct the name$/,
    ],
    [{ name: 'none', options: { model: 'x' } }, /^expert\.options of none: .*Unrecognized key: "model"/],
  ])('is refused as %j', (config, message) => {
    expect(() => loadExpert(store, config)).toThrow(message);
  });

  it('is verified by its answer and its format, and put into the format where a rule can', async () => {
    const solutions = [aResponse('7'), 'Three and four: \\boxed{7}.', aResponse('8'), '7'];
    const prompts = solutions.map((solution, index) => aPrompt({ promptId: String(index), solution }));
    const expert = loadExpert(store, { name: 'worked-solution', options: {} });
    const answers = await consult(expert, prompts, DEFAULT_DEMANDS);
    expect(answers.map(({ isVerified, refusal }) => [isVerified, refusal])).toEqual([
      [true, undefined],
      [true, undefined],
      [false, 'wrong'],
      [false, 'unformatted'],
    ]);
    expect(answers[1].response).toBe('<think>Three and four: \\boxed{7}.</think> <answer>\\boxed{7}</answer>');
    expect(answers[3].response).toBe('7');
    const free = await consult(expert, prompts, { ...DEFAULT_DEMANDS, format: 'free' });
    expect(free.map(({ isVerified, response }) => [isVerified, response])).toEqual(
      solutions.map((solution, index) => [index !== 2, solution]),
    );
  });
});

describe('prompts without an example', () => {
  const answer = (promptId: string, refusal?: 'wrong' | 'unformatted') => {
    return { promptId, provider: 'x', response: '', evidence: '', isVerified: refusal === undefined, refusal };
  };

  it.each([
    [undefined, { notAsked: 0, unanswered: 2, wrong: 1, unformatted: 1 }],
    [4, { notAsked: 1, unanswered: 1, wrong: 1, unformatted: 1 }],
  ])('are counted by reason, with a bound of %s', (bound, expected) => {
    const routes = ['a', 'b', 'c', 'd', 'e'].map(anExpertRoute);
    const answers = [answer('a'), answer('b', 'wrong'), answer('c', 'unformatted')];
    expect(countWithoutExample(routes, answers, bound)).toEqual(expected);
  });

  it('are none of those that need no expert', () => {
    const kinds = ['mastered', 'self-distill'] as const;
    const counts = countWithoutExample(
      kinds.map((kind) => ({ kind, promptId: kind })),
      [],
    );
    expect(Object.values(counts)).toEqual([0, 0, 0, 0]);
  });
});
