import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { InterruptedError, RiseError, StalledError } from '../schema/errors.ts';
import { STOP_GRACE_SECONDS } from '../schema/job-attempts.ts';
import { Progress } from '../schema/stage-contracts.ts';
import type { JobRequest } from './local-home.ts';

const PROGRESS_MARK = '@progress ';
/** Kept of a job's last words. */
const TAIL_LINES = 30;

/** A Batch job ended with an exit code other than 0, under the name Step Functions gives it. */
export class JobFailedError extends RiseError {
  /** As a container reports it: 128 and the number of the signal that ended it. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'Batch.JobFailed';
    this.exitCode = exitCode;
  }
}

export interface JobProcessSettings {
  /** Module to run. */
  entry: string;
  /** Modules to load before it. */
  preload: string[];
  /** Environment besides this process's own. */
  environment: Record<string, string>;
  /** A job that prints nothing for longer is stopped. */
  heartbeatSeconds: number;
}

/**
 * Runs a job as a child process. Throws `Batch.JobFailed` with the end of what it printed, `StalledError` naming the
 * last progress when it falls silent, and `InterruptedError` when the request's signal aborts.
 */
export async function runJobProcess(settings: JobProcessSettings, request: JobRequest): Promise<void> {
  const { entry, preload, environment, heartbeatSeconds } = settings;
  const job = request.command.join(' ');
  const child = spawn(process.execPath, [...preload.flatMap((path) => ['--import', path]), entry, ...request.command], {
    env: { ...process.env, ...environment, ...request.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const tail: string[] = [];
  let lastProgress: Progress | undefined;
  let ending: RiseError | undefined;

  const end = (error: RiseError) => {
    ending ??= error;
    stop(child);
  };
  const heartbeat = setTimeout(() => end(stalled(job, heartbeatSeconds, lastProgress)), heartbeatSeconds * 1000);
  const onAbort = () => end(new InterruptedError(`${job} was stopped`));
  if (request.signal.aborted) onAbort();
  request.signal.addEventListener('abort', onAbort, { once: true });

  const readLine = (line: string) => {
    heartbeat.refresh();
    const progress = parseProgress(line);
    if (!progress) {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      return;
    }
    lastProgress = progress;
    request.onProgress(progress);
  };
  createInterface({ input: child.stdout! }).on('line', readLine);
  createInterface({ input: child.stderr! }).on('line', readLine);

  try {
    const status = await closed(child);
    if (status.code === 0) return;
    throw ending ?? failed(job, status, lastProgress, tail);
  } finally {
    clearTimeout(heartbeat);
    request.signal.removeEventListener('abort', onAbort);
  }
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

function failed(job: string, { code, signal }: ExitStatus, progress: Progress | undefined, tail: string[]) {
  const how = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
  const remedy =
    signal === 'SIGKILL' ? ' (memory ran out? lower compute.decodeBatchSequences or microBatchSequences)' : '';
  const exitCode = signal ? 128 + constants.signals[signal] : code!;
  return new JobFailedError(`${job} ${how} after ${describe(progress)}${remedy}:\n${tail.join('\n')}`, exitCode);
}

function describe(progress: Progress | undefined): string {
  return progress ? `${progress.stage} ${progress.done} of ${progress.total} ${progress.unit}` : 'no progress at all';
}
