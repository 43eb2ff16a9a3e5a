import { join } from 'node:path';
import { register } from '../../../src/cli/commands/export.ts';
import { aPublishedRun, RUN_ID } from '../../support/published-run.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

describe('rise export', () => {
  const folder = aTemporaryFolder();
  const store = join(folder, 'store');
  const exportInto = (out: string, ...options: string[]) =>
    runCommand(register, 'export', RUN_ID, '--store', store, '--out', join(folder, out), ...options);

  beforeAll(async () => {
    await aPublishedRun(store, [{ question: 'What is 3 + 4?' }, { question: 'And 4 + 3?' }]);
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  afterAll(() => jest.restoreAllMocks());

  it('says how many rows there are, and where it is told how to load them', async () => {
    const { printed } = await exportInto('trl', '--format', 'trl');
    expect(printed).toMatch(/^2 rows of sft as trl: .*trl\nhow to load them: .*trl\/README\.md$/);
  });

  it('prints one line of JSON', async () => {
    const { printed } = await exportInto('rl', '--format', 'verl', '--set', 'rl', '--json');
    expect(JSON.parse(printed)).toMatchObject({ format: 'verl', set: 'rl', runId: RUN_ID, rows: 2, imageFiles: 0 });
  });

  it.each([
    ['a set there is none of', ['--format', 'trl', '--set', 'dpo'], /Allowed choices are sft, rl/],
    ['a format there is none of', ['--format', 'csv'], /no format "csv"; give one of webdataset/],
    [
      'a place without its owner',
      ['--format', 'bedrock', '--s3', 's3://bucket/x'],
      /--s3 and --bucket-owner go together/,
    ],
    ['a place that is none', ['--format', 'bedrock', '--s3', 'bucket/x'], /Give s3:\/\/bucket\/prefix/],
    ['an owner that is none', ['--format', 'bedrock', '--bucket-owner', 'me'], /12 digits/],
    [
      'a place where none is named',
      ['--format', 'trl', '--s3', 's3://bucket', '--bucket-owner', '1'.repeat(12)],
      /no places/,
    ],
  ])('refuses %s', async (_, options, message) => {
    await expect(exportInto('none', ...options)).rejects.toThrow(message);
  });
});
