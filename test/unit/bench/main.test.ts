import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';

const bench = (...args: string[]) =>
  spawnSync(process.execPath, [join(packageRoot, 'bench/main.mjs'), ...args], { encoding: 'utf8' });

describe('npm run bench', () => {
  it('lists the benches', () => {
    const { status, stdout } = bench();
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {2}grade +The grader beside Math-Verify/m);
  });

  it('lists them, and fails, on a name that is none', () => {
    const { status, stdout, stderr } = bench('nothing');
    expect(status).toBe(2);
    expect(stderr).toBe('There is no bench nothing.\n');
    expect(stdout).toMatch(/^ {2}score /m);
  });
});
