import { consult } from '../../../src/experts/consult.ts';
import { loadExpert } from '../../../src/experts/index.ts';
import { ExpertConfig } from '../../../src/schema/config/expert.ts';
import { RewardsConfig } from '../../../src/schema/config/rewards.ts';
import { countWithoutExample } from '../../../src/schema/expert-answer.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { anExpertRoute, aPrompt, aResponse } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const store = openStore(aTemporaryFolder());
const solved = aPrompt({ promptId: 'solved', solution: aResponse('7') });
const wrong = aPrompt({ promptId: 'wrong', solution: aResponse('8') });
const unsolved = aPrompt({ promptId: 'unsolved' });

const load = (expert: object, rewards: object = {}) =>
  loadExpert(store, { expert: ExpertConfig.parse(expert), rewards: RewardsConfig.parse(rewards) }, { rewards: [] });

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
    const consulted = await consult(await load({ name }), [solved, wrong, unsolved]);
    const answers = consulted.flatMap(({ answer }) => answer ?? []);
    expect(answers.map(({ promptId, isVerified }) => [promptId, isVerified])).toEqual(expected);
    for (const answer of answers) {
      expect(answer).toMatchObject({ provider: name, evidence: expect.stringMatching(/: /) });
      expect(answer).not.toHaveProperty('consultation');
    }
    const parked = consulted.flatMap(({ deadLetter }) => deadLetter?.prompt.promptId ?? []);
    expect([...parked, ...answers.flatMap(({ promptId, isVerified }) => (isVerified ? promptId : []))].sort()).toEqual([
      'solved',
      'unsolved',
      'wrong',
    ]);
  });

  it.each([
    [
      { name: 'oracle' },
      /^expert is oracle, which is not there \(worked-solution, recorded, endpoint, policy, none\); correct the name$/,
    ],
    [{ name: 'none', options: { model: 'x' } }, /^expert\.options of none: .*Unrecognized key: "model"/],
    [{ minRewards: { perception: 0.5 } }, /^expert\.minRewards\.perception is of no reward of this run \(it has none/],
  ])('is refused as %j', async (config, message) => {
    await expect(load(config)).rejects.toThrow(message);
  });

  it('is verified by its answer and its format, and put into the format where a rule can', async () => {
    const solutions = [aResponse('7'), 'Three and four: \\boxed{7}.', aResponse('8'), '7'];
    const prompts = solutions.map((solution, index) => aPrompt({ promptId: String(index), solution }));
    const consulted = await consult(await load({}), prompts);
    expect(consulted.map(({ answer }) => [answer?.isVerified, answer?.refusal])).toEqual([
      [true, undefined],
      [true, undefined],
      [false, 'wrong'],
      [false, 'unformatted'],
    ]);
    expect(consulted[1].answer?.response).toBe(
      '<think>Three and four: \\boxed{7}.</think> <answer>\\boxed{7}</answer>',
    );
    expect(consulted[3].answer?.response).toBe('7');
    const free = await consult(await load({}, { format: 0 }), prompts);
    expect(free.map(({ answer }) => [answer?.isVerified, answer?.response])).toEqual(
      solutions.map((solution, index) => [index !== 2, solution]),
    );
  });
});

describe('prompts without an example', () => {
  const answer = (promptId: string, refusal?: 'wrong' | 'unformatted' | 'low-reward') => {
    return { promptId, isVerified: refusal === undefined, refusal };
  };

  it.each([
    [undefined, { notAsked: 0, unanswered: 2, wrong: 1, unformatted: 1 }],
    [4, { notAsked: 1, unanswered: 1, wrong: 1, unformatted: 1 }],
  ])('are counted by reason, with a bound of %s', (bound, expected) => {
    const routes = ['a', 'b', 'c', 'd', 'e'].map(anExpertRoute);
    const answers = [answer('a'), answer('b', 'wrong'), answer('c', 'unformatted')];
    expect(countWithoutExample(routes, answers, bound)).toEqual(expected);
  });

  it('are counted where a reward gave too little, and only then', () => {
    const counts = countWithoutExample(['a', 'b'].map(anExpertRoute), [answer('a', 'low-reward'), answer('b')]);
    expect(counts).toEqual({ notAsked: 0, unanswered: 0, wrong: 0, unformatted: 0, lowReward: 1 });
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
