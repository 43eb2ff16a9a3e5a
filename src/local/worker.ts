import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { modulePath } from '../base/package-root.ts';
import { InterruptedError, RiseError, StalledError } from '../schema/errors.ts';
import { STOP_GRACE_SECONDS } from '../schema/job-attempts.ts';
import { Progress } from '../schema/progress.ts';
import type { JobRequest } from './local-home.ts';
import { DONE_MARK, type ServedJob } from './served-job.ts';

const PROGRESS_MARK = '@progress ';
/** Characters that are kept of a job's last words. */
const TAIL_LINES = 30;

/** A Batch job ended with an exit code other than 0, under the name Step Functions gives it. */
export class JobFailedError extends RiseError {
  /** As a container reports it: 128 and the number of the signal that ended it. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'States.TaskFailed';
    this.exitCode = exitCode;
  }
}

export interface WorkerSettings {
  /** Module that runs jobs, for `serve-jobs.ts`. */
  module: string;
  /** Environment besides this process's own. */
  environment: Record<string, string>;
  /** A job that prints nothing for longer is stopped. */
  heartbeatSeconds: number;
}

/** A process that runs jobs one after another. */
export interface Worker {
  /** Whether it can take a job. */
  readonly isIdle: boolean;
  /**
   * Runs a job. Throws `States.TaskFailed` with the end of what it printed, `StalledError` naming the last progress when it
   * falls silent, and `InterruptedError` when the request's signal aborts; the process has ended then.
   */
  run(request: JobRequest): Promise<void>;
  /** Ends a process that has no job. */
  end(): Promise<void>;
}

/** Starts the process, which loads what jobs need while it waits for the first. */
export function startWorker({ module, environment, heartbeatSeconds }: WorkerSettings): Worker {
  const child = spawn(process.execPath, [modulePath('src/local/serve-jobs.ts'), module], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const served: ServingProcess = { child, status: closed(child), onLine: () => {} };
  // A process that cannot start is the failure of the job it is given.
  served.status.catch(() => {});
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => served.onLine(line));
  }
  let isFree = true;
  return {
    get isIdle() {
      return isFree && child.exitCode === null && child.signalCode === null;
    },
    async run(request) {
      isFree = false;
      isFree = await runOn(served, request, heartbeatSeconds);
    },
    async end() {
      child.kill('SIGKILL');
      await served.status;
    },
  };
}

interface ServingProcess {
  child: ChildProcess;
  status: Promise<ExitStatus>;
  /** Called with what it prints. */
  onLine(line: string): void;
}

/** Whether the process, after a job that has succeeded, takes another one. */
async function runOn(served: ServingProcess, request: JobRequest, heartbeatSeconds: number): Promise<boolean> {
  const { child, status } = served;
  const { command, environment, signal } = request;
  const job = command.join(' ');
  const log = createJobLog(request);
  let ending: RiseError | undefined;
  const end = (error: RiseError) => {
    ending ??= error;
    stop(child);
  };
  const heartbeat = setTimeout(() => end(stalled(job, heartbeatSeconds, log.progress)), heartbeatSeconds * 1000);
  const onAbort = () => end(new InterruptedError(`${job} was stopped`));
  const done = new Promise<'done'>((resolve) => {
    served.onLine = (line) => {
      heartbeat.refresh();
      if (line === DONE_MARK) resolve('done');
      else log.add(line);
    };
  });
  // To a process that has ended nothing can be sent: its end is told below.
  child.send({ command, environment } satisfies ServedJob, () => {});
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const outcome = await Promise.race([done, status]);
    if (outcome !== 'done') throw ending ?? failed(job, outcome, log);
    // One that was told to stop ends, though the job was done first.
    if (ending) await status;
    return !ending;
  } finally {
    clearTimeout(heartbeat);
    signal.removeEventListener('abort', onAbort);
  }
}

/** What a job prints. */
interface JobLog {
  /** The last. */
  progress?: Progress;
  /** The last of the other lines. */
  tail: string[];
  add(line: string): void;
}

function createJobLog({ onProgress }: JobRequest): JobLog {
  const log: JobLog = {
    tail: [],
    add(line) {
      const progress = parseProgress(line);
      if (progress) {
        log.progress = progress;
        onProgress(progress);
      } else {
        log.tail.push(line);
        if (log.tail.length > TAIL_LINES) log.tail.shift();
      }
    },
  };
  return log;
}

interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

function closed(child: ChildProcess): Promise<ExitStatus> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

function stop(child: ChildProcess): void {
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_SECONDS * 1000);
  child.once('close', () => clearTimeout(kill));
}

function parseProgress(line: string): Progress | undefined {
  if (!line.startsWith(PROGRESS_MARK)) return undefined;
  try {
    return Progress.parse(JSON.parse(line.slice(PROGRESS_MARK.length)));
  } catch {
    // A malformed line is shown among the job's last words; it is no reason to lose the job.
    return undefined;
  }
}

function stalled(job: string, seconds: number, progress: Progress | undefined): StalledError {
  return new StalledError(
    `${job} was silent for ${seconds} s after ${describe(progress)}; ` +
      'if that step really takes longer, raise compute.heartbeatSeconds, then rerun to resume',
  );
}

function failed(job: string, { code, signal }: ExitStatus, { progress, tail }: JobLog): JobFailedError {
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
  const remedy =
    signal === 'SIGKILL' ? ' (memory ran out? lower compute.decodeBatchSequences or microBatchSequences)' : '';
  const exitCode = signal ? 128 + constants.signals[signal] : code!;
  return new JobFailedError(`${job} ${how} after ${describe(progress)}${remedy}:\n${tail.join('\n')}`, exitCode);
}

function describe(progress: Progress | undefined): string {
  return progress ? `${progress.stage} ${progress.done} of ${progress.total} ${progress.unit}` : 'no progress at all';
}
