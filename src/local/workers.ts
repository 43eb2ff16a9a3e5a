import type { JobRequest } from './local-home.ts';
import { startWorker, type Worker, type WorkerSettings } from './worker.ts';

/** The worker processes of a run: one, and more while jobs run at the same time. */
export interface Workers {
  /** Starts a process for the first job, before it is there. */
  startAhead(): void;
  /** Runs a job on a worker that waits, or on a new one. Throws as a worker does. */
  run(request: JobRequest): Promise<void>;
  /** Ends those that wait; to be called when no job runs. */
  end(): Promise<void>;
}

export function createWorkers(settings: WorkerSettings): Workers {
  let waiting: Worker | undefined;

  function take(): Worker {
    const worker = waiting?.isIdle ? waiting : startWorker(settings);
    waiting = undefined;
    return worker;
  }

  return {
    startAhead() {
      waiting ??= startWorker(settings);
    },
    async run(request) {
      const worker = take();
      await worker.run(request);
      if (!worker.isIdle) return;
      // A second one would hold memory that the next job may need.
      if (waiting?.isIdle) await worker.end();
      else waiting = worker;
    },
    async end() {
      await waiting?.end();
      waiting = undefined;
    },
  };
}
