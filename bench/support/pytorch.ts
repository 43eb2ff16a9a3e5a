import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/base/package-root.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';
import { findPythonWith, TORCH } from '../../test/support/python-environment.ts';
import { isBusy, THREADS } from './machine.ts';

/**
 * On a busy machine PyTorch's threads sleep while they wait for each other: spinning, as they do by default, then takes
 * five to thirty times as long, which would be no fair comparison. On an idle machine its defaults stay.
 */
const WAITING = isBusy ? { OMP_WAIT_POLICY: 'PASSIVE' } : {};

/** For a process with PyTorch and `transformers`, on top of this one's environment. */
export const PEER_ENVIRONMENT = {
  ...WAITING,
  HF_HUB_OFFLINE: '1',
  CUDA_VISIBLE_DEVICES: '',
  TRANSFORMERS_VERBOSITY: 'error',
};

/** A Python process that holds a model and does one command at a time, so that two engines take turns in one run. */
export interface PytorchPeer {
  /** Sends a command with its arguments; gives its answer. Throws when Python ended, whose own words are on standard error. */
  ask<Answer>(command: string, options?: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** What both sides of a bench can compute in on this machine: bf16 where its processor multiplies such numbers. */
export async function listPrecisions(peer: PytorchPeer): Promise<Precision[]> {
  const { bf16 } = await peer.ask<{ bf16: boolean }>('capabilities');
  return bf16 ? ['float32', 'bf16'] : ['float32'];
}

/** Starts `bench/<script>` with PyTorch and `transformers`. */
export function startPytorch(script: string): PytorchPeer {
  const path = join(packageRoot, 'bench', script);
  const child = spawn(pytorchPython(), [path, String(THREADS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...PEER_ENVIRONMENT },
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(command, options = {}) {
      child.stdin.write(`${JSON.stringify({ command, ...options })}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error(`${script} ended at the command '${command}'; its error is above`);
      return JSON.parse(value);
    },
    async stop() {
      child.stdin.end();
      await closed(child);
    },
  };
}

const closed = (child: ChildProcess) => new Promise<void>((resolve) => child.once('close', () => resolve()));

/** A Python that has both, installed when first asked for. */
export const pytorchPython = () => pythonWith(TORCH);

/** As `pytorchPython`, with `peft`. */
export const peftPython = () => pythonWith([...TORCH, 'peft==0.21.2']);

function pythonWith(packages: readonly string[]): string {
  const environment = findPythonWith(...packages);
  if ('missing' in environment) throw new Error(environment.missing);
  return environment.python;
}
