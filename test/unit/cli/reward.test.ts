import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { register } from '../../../src/cli/commands/reward.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const example = join(packageRoot, 'examples/rewards/brevity.ts');

/** The example with its code changed, under a name of its own. */
function aReward(name: string, from: string | RegExp, to: string): string {
  const path = join(folder, `${name}.ts`);
  writeFileSync(path, readFileSync(example, 'utf8').replace(from, to));
  return path;
}
const test = (...args: string[]) => runCommand(register, 'reward', 'test', ...args);

describe('rise reward test', () => {
  it('shows what each golden case gives, and why', async () => {
    const { printed, exitCode } = await test(example);
    expect(exitCode).toBeUndefined();
    expect(printed.split('\n')).toEqual([
      expect.stringMatching(/^brevity@1\+[0-9a-f]{8}$/),
      '  ok  short          1 (4 words; the reward falls after 4)',
      '  ok  half too long  0.5 (6 words; the reward falls after 4)',
      '  ok  far too long   0 (3 words; the reward falls after 1)',
      '3 of 3 golden cases hold',
    ]);
  });

  it('exits with 1 where one does not hold, and says so as JSON too', async () => {
    const path = aReward('wrong', 'value: 0.5 }', 'value: 0.25 }');
    const { printed, exitCode } = await test(path, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(printed)).toEqual({
      reward: expect.stringMatching(/^brevity@1\+/),
      ready: false,
      cases: [
        { name: 'short', kind: 'holds', value: 1, evidence: '4 words; the reward falls after 4' },
        {
          name: 'half too long',
          kind: 'differs',
          value: 0.5,
          evidence: '6 words; the reward falls after 4',
          wanted: 0.25,
          fault: 'gave 0.5 (6 words; the reward falls after 4), wanted 0.25; correct the reward or the case',
        },
        { name: 'far too long', kind: 'holds', value: 0, evidence: '3 words; the reward falls after 1' },
      ],
    });
  });

  it('names the place in her own file where a case throws', async () => {
    const path = aReward('throws', 'const count', "throw new Error('no such word'); const count");
    const { printed, exitCode } = await test(path);
    expect(exitCode).toBe(1);
    expect(printed).toContain(`FAULT  short          failed: Error: no such word (${path}:`);
    expect(printed).toContain('0 of 3 golden cases hold');
  });

  it('ends a case that loops', async () => {
    const { printed, exitCode } = await test(
      aReward('loops', 'const count', 'for (;;); const count'),
      '--timeout-seconds',
      '3',
    );
    expect(exitCode).toBe(1);
    expect(printed).toMatch(/FAULT {2}short .*longer than 3 s/);
  });

  it.each([
    ['gone', join(folder, 'gone.ts'), /gone\.ts: there is no such file or folder/],
    ['a folder', folder, /that is a folder, not a file/],
    ['no reward', aReward('none', /export default .*/, 'export default 7;'), /none\.ts does not load: .*no function/],
  ])('refuses a file that is %s', async (_, path, message) => {
    await expect(test(path)).rejects.toThrow(message);
  });
});
