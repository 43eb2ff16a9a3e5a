import { Worker } from 'node:worker_threads';
import { modulePath } from '../../src/base/package-root.ts';

/**
 * Ends this process by SIGALRM (exit code 142) once the returned function was not called for `seconds`. A thread of its
 * own does it: inside an optimizer step, and in a driver that hangs, this one runs no timer.
 */
export function startWatchdog(seconds: number): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(modulePath('containers/gpu-worker/watchdog-thread.ts'), {
    workerData: { beats, seconds },
    execArgv: [],
  });
  thread.unref();
  return () => {
    Atomics.add(beats, 0, 1);
    Atomics.notify(beats, 0);
  };
}
