import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';

function rise(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, 'bin', 'rise.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the rise command', () => {
  it('prints its version', () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
    expect(rise('--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  it('lists its commands', () => {
    const { status, stdout } = rise('--help');
    expect(status).toBe(0);
    for (const command of [
      'setup',
      'doctor',
      'generate',
      'run',
      'data',
      'annotate',
      'score',
      'route',
      'shards',
      'plan',
      'simulate',
      'deploy',
      'start',
      'status',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
  });

  it('exits with 2 on wrong usage', () => {
    expect(rise('doctor', '--no-such-option')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("unknown option '--no-such-option'"),
    });
  });

  it('ends without a word where nobody reads what it prints', () => {
    const command = `"${process.execPath}" "${join(packageRoot, 'bin', 'rise.js')}" --help; echo "exit $?" >&2`;
    const { stderr } = spawnSync('sh', ['-c', `{ ${command}; } | :`], { encoding: 'utf8' });
    expect(stderr).toBe('exit 141\n');
  });

  it('finds this machine fit to run the engine', () => {
    const { status, stdout } = rise('doctor', '--json');
    const { ready, findings } = JSON.parse(stdout);
    expect({ status, ready }).toEqual({ status: 0, ready: true });
    expect(findings.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['Node', 'Processor', 'Memory', 'TensorFlow', 'Matrix product']),
    );
  });
});
