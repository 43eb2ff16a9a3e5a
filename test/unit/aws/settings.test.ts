import { settleAwsEnvironment } from '../../../src/aws/settings.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('the account and region of a command', () => {
  it.each([
    ['a profile that is named wins over keys in the environment', KEYS, { profile: 'lab' }, { AWS_PROFILE: 'lab' }],
    [
      'keys in the environment win over AWS_PROFILE, whose region still counts',
      { ...KEYS, AWS_PROFILE: 'lab' },
      {},
      { ...KEYS, AWS_REGION: 'of-profile' },
    ],
    ['AWS_DEFAULT_REGION counts', { AWS_DEFAULT_REGION: 'a' }, {}, { AWS_DEFAULT_REGION: 'a', AWS_REGION: 'a' }],
    [
      'AWS_REGION comes before AWS_DEFAULT_REGION',
      { AWS_DEFAULT_REGION: 'a', AWS_REGION: 'b' },
      {},
      { AWS_DEFAULT_REGION: 'a', AWS_REGION: 'b' },
    ],
    ['a region that is named comes first', { AWS_REGION: 'b' }, { region: 'c' }, { AWS_REGION: 'c' }],
    ['nothing is added to nothing', {}, {}, {}],
  ])('%s', async (_, environment, options, expected) => {
    const settled: NodeJS.ProcessEnv = { ...environment };
    await settleAwsEnvironment(settled, options, async () => settled.AWS_REGION ?? 'of-profile');
    expect(settled).toEqual(expected);
  });
});
