import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { JobName } from '../../src/schema/stages.ts';
import type { DockerEngine } from './docker-engine.ts';

/** As locked up as a job can be: no root, no capabilities, nothing to write to but `/tmp`. */
export const CONFINEMENT = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--security-opt=no-new-privileges'];

export interface WorkerRun {
  /** The job, or `health`. */
  command: JobName | 'health';
  environment?: Record<string, string>;
  /** For instance `1g`; all of the machine's when absent. */
  memory?: string;
  /** Called once, at the first progress of the job's own work, with the container's name. */
  onFirstProgress?: (container: string) => unknown;
}

export interface EndedWorker {
  code: number;
  isOutOfMemory: boolean;
  /** Lines of standard output and standard error. */
  output: string[];
}

/** Runs a worker's container to its end, on the host's network, and removes it. */
export async function runWorkerContainer(engine: DockerEngine, image: string, run: WorkerRun): Promise<EndedWorker> {
  const container = `metis-rise-${randomUUID()}`;
  const environment = Object.entries(run.environment ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const limits = run.memory ? [`--memory=${run.memory}`, `--memory-swap=${run.memory}`] : [];
  const args = ['run', `--name=${container}`, '--network=host', ...CONFINEMENT, ...limits, ...environment];
  const child = spawn('docker', [...args, image, run.command], { env: engine.environment });
  const output: string[] = [];
  let hasBegun = false;
  const onLine = (line: string) => {
    output.push(line);
    if (hasBegun || !isOwnProgress(line)) return;
    hasBegun = true;
    run.onFirstProgress?.(container);
  };
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);
  await new Promise((resolve) => child.once('close', resolve));
  try {
    const state = JSON.parse(await engine.docker('inspect', '--format={{json .State}}', container));
    return { code: state.ExitCode, isOutOfMemory: state.OOMKilled, output };
  } finally {
    await engine.docker('rm', '--force', container);
  }
}

/** Whether a line tells of the job's own work: weights that load, and what is measured before, have a total of 0. */
export const isOwnProgress = (line: string) => line.startsWith('@progress ') && !line.includes('"total":0,');

/** What Batch sets in the environment of a job's attempt, in the child of that index of an array job. */
export function batchEnvironment(attempt: number, arrayIndex?: number): Record<string, string> {
  const jobId = '0f2d1c1e-5d3b-4a54-9d0c-3c1f7f1b7a10';
  return {
    AWS_BATCH_CE_NAME: 'compute-environment',
    AWS_BATCH_JQ_NAME: 'queue',
    AWS_BATCH_JOB_ATTEMPT: String(attempt),
    ...(arrayIndex === undefined
      ? { AWS_BATCH_JOB_ID: jobId }
      : { AWS_BATCH_JOB_ID: `${jobId}:${arrayIndex}`, AWS_BATCH_JOB_ARRAY_INDEX: String(arrayIndex) }),
  };
}
