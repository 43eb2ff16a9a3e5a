import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';

/** Runs a program that has `beat`, of a watchdog of so many seconds. */
function run(program: string, seconds: number) {
  const module = join(packageRoot, 'containers/gpu-worker/watchdog.ts');
  const code = `import { startWatchdog } from ${JSON.stringify(module)}; const beat = startWatchdog(${seconds}); ${program}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 100_000 });
}
const block = (milliseconds: number) =>
  `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds});`;

describe('the watchdog', () => {
  it('ends a process that is silent, also one that runs no timers, and says why', () => {
    const { signal, stderr } = run(block(60_000), 1);
    expect(signal).toBe('SIGALRM');
    expect(stderr).toContain('StalledError: no progress for 1 s');
  });

  it('lets a process be that makes progress, and come to its end', () => {
    const { status, stderr } = run(`for (let i = 0; i < 7; i++) { ${block(1_000)} beat(); }`, 6);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
