import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

/** Runs a script of a peer's own library, offline and without a GPU; gives the JSON on the last line that it prints. */
export function runPeer<Result>(python: string, script: string, ...args: string[]): Result {
  const printed = execFileSync(python, [join(packageRoot, script), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
    env: { ...process.env, HF_HUB_OFFLINE: '1', CUDA_VISIBLE_DEVICES: '', TRANSFORMERS_VERBOSITY: 'error' },
  });
  return JSON.parse(printed.trimEnd().split('\n').at(-1)!);
}
