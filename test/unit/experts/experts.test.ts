import { consult } from '../../../src/experts/consult.ts';
import { loadExpert } from '../../../src/experts/index.ts';
import { DEFAULT_DEMANDS } from '../../../src/rewards/index.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { aPrompt, aResponse } from '../../support/factories.ts';
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
});
