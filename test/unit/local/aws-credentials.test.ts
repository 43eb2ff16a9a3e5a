import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsCredentials } from '../../../src/local/machine/aws-credentials.ts';

describe('where AWS credentials come from', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('is nowhere on a bare machine', () => {
    expect(awsCredentials({}, home)).toBe('none (not needed to run on this machine)');
  });

  it('is the environment before any file, and no value is shown', () => {
    const environment = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_PROFILE: 'lab' };
    expect(awsCredentials(environment, home)).toBe('environment variables');
  });

  it('is a profile with its file', () => {
    mkdirSync(join(home, '.aws'));
    writeFileSync(join(home, '.aws', 'credentials'), '[lab]\n');
    expect(awsCredentials({ AWS_PROFILE: 'lab' }, home)).toBe(`profile lab in ${join(home, '.aws', 'credentials')}`);
  });

  it.each([
    ['web identity token', { AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }],
    ['container credentials', { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials' }],
  ])('is a %s', (expected, environment) => {
    expect(awsCredentials(environment, home)).toBe(expected);
  });
});
