import { STOP_GRACE_SECONDS } from '../../../src/schema/job-attempts.ts';
import { hasEnded, type Job, vcpusOf } from './batch-jobs.ts';
import type { StartContainer } from './containers.ts';
import { isRetried } from './retry-rules.ts';

export interface JobScheduler {
  enqueue(jobs: readonly Job[]): void;
  /** Ends a job, or every child of an array; no attempt follows. */
  terminate(job: Job, reason: string): void;
  /** Takes a running job's host away, as spot capacity is reclaimed. */
  reclaim(job: Job): void;
  /** Kills what runs, and starts nothing more. */
  stop(): void;
}

/** Runs jobs in the order they came, as many at once as a queue has vCPUs for. */
export function createJobScheduler(
  startContainer: StartContainer,
  vcpusOfQueue: (arn: string) => number,
): JobScheduler {
  const waiting: Job[] = [];
  const running = new Set<Job>();

  const schedule = () => {
    for (const next of [...waiting]) {
      const held = [...running].filter(({ queue }) => queue === next.queue).reduce((sum, job) => sum + vcpusOf(job), 0);
      if (held + vcpusOf(next) > vcpusOfQueue(next.queue)) continue;
      waiting.splice(waiting.indexOf(next), 1);
      running.add(next);
      void runAttempt(startContainer, next).then((isTriedAgain) => {
        running.delete(next);
        if (isTriedAgain) waiting.push(next);
        schedule();
      });
    }
  };
  const terminate = (job: Job, reason: string) => {
    if (hasEnded(job)) return;
    job.terminated = reason;
    for (const child of job.children ?? []) terminate(child, reason);
    if (running.has(job)) stopInTime(job);
    else if (waiting.includes(job)) {
      waiting.splice(waiting.indexOf(job), 1);
      finish(job, 'FAILED', reason);
    }
  };
  return {
    enqueue(jobs) {
      waiting.push(...jobs);
      schedule();
    },
    terminate,
    reclaim(job) {
      job.reclaimed = 'Host EC2 (instance i-0123456789abcdef0) terminated.';
      stopInTime(job);
    },
    stop() {
      waiting.length = 0;
      for (const { stopContainer } of running) stopContainer?.('SIGKILL');
    },
  };
}

/** Gives whether another attempt is due. */
async function runAttempt(startContainer: StartContainer, job: Job): Promise<boolean> {
  const startedAt = Date.now();
  const { stop, logStreamName, ended } = startContainer(job, job.attempts.length + 1);
  Object.assign(job, { status: 'RUNNING', startedAt, reclaimed: undefined, stopContainer: stop, logStreamName });
  const exitCode = await ended;
  const statusReason = job.terminated ?? job.reclaimed ?? 'Essential container in task exited';
  const stoppedAt = Date.now();
  job.attempts.push({ startedAt, stoppedAt, statusReason, container: { exitCode, logStreamName } });
  const { attempts, evaluateOnExit } = job.definition.retryStrategy;
  const mayTryAgain = exitCode !== 0 && job.terminated === undefined && job.attempts.length < attempts;
  if (mayTryAgain && isRetried(evaluateOnExit, { exitCode, statusReason })) {
    job.status = 'RUNNABLE';
    return true;
  }
  finish(job, exitCode === 0 ? 'SUCCEEDED' : 'FAILED', statusReason);
  return false;
}

/** An array ends with the last of its children: as failed when one of them did. */
function finish(job: Job, status: 'SUCCEEDED' | 'FAILED', statusReason: string): void {
  Object.assign(job, { status, statusReason, stoppedAt: Date.now() });
  const { parent } = job;
  const siblings = parent?.children ?? [];
  if (!parent || !siblings.every(hasEnded)) return;
  const isFailed = siblings.some((child) => child.status === 'FAILED');
  const ofArray = isFailed ? 'Array Child Job failed' : 'Array Child Job succeeded';
  finish(parent, isFailed ? 'FAILED' : 'SUCCEEDED', parent.terminated ?? ofArray);
}

/** The one that is asked may be gone when its time is over, and another attempt in its place. */
function stopInTime({ stopContainer, attempts }: Job): void {
  const attempt = attempts.length;
  stopContainer?.('SIGTERM');
  setTimeout(() => attempts.length === attempt && stopContainer?.('SIGKILL'), STOP_GRACE_SECONDS * 1000).unref();
}
