import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../../src/base/package-root.ts';
import type { DockerEngine } from '../../support/docker-engine.ts';
import { CONFINEMENT } from '../../support/worker-container.ts';
import type { Job } from './batch-jobs.ts';
import type { JobLogs } from './job-logs.ts';

export interface RunningContainer {
  stop: StopContainer;
  logStreamName: string;
  /** Gives the exit code, of a signal 128 and its number. */
  ended: Promise<number>;
}

export type StartContainer = (job: Job, attempt: number) => RunningContainer;

/** By SIGTERM the worker ends as it likes, by SIGKILL at once. */
export type StopContainer = (signal: 'SIGTERM' | 'SIGKILL') => unknown;

/** Makes a container: its command and its environment are all that it knows of the job. */
export type Launch = (container: { command: string[]; environment: Record<string, string> }) => {
  /** Prints what the worker prints and ends as it does. */
  process: ChildProcess;
  stop: StopContainer;
};

/** The worker as a plain process, which sees of this one's environment only where programs and TensorFlow are. */
export const launchProcess: Launch = ({ command, environment }) => {
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const child = spawn(process.execPath, [join(packageRoot, 'containers/gpu-worker/main.ts'), ...command], {
    env: { PATH, HOME, ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { process: child, stop: (signal) => child.kill(signal) };
};

/** The worker in its image, on the host's network, confined as the job definition has it. */
export const launchInDocker =
  (engine: DockerEngine, image: string): Launch =>
  ({ command, environment }) => {
    const name = `metis-rise-${randomUUID()}`;
    const variables = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    const args = ['run', '--rm', `--name=${name}`, '--network=host', ...CONFINEMENT, ...variables, image, ...command];
    const child = spawn('docker', args, { env: engine.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop: StopContainer = async (signal) => {
      // Between its process and the container there is a moment without either.
      while (child.exitCode === null && !(await succeeds(engine.docker('kill', `--signal=${signal}`, name)))) {
        await sleep(200);
      }
    };
    return { process: child, stop };
  };

const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  );

/** Starts jobs with the environment that Batch gives them; what they print goes to their log streams. */
export function createContainers(
  launch: Launch,
  logs: JobLogs,
  awsEnvironment: Record<string, string>,
): StartContainer {
  return (job, attempt) => {
    const { process, stop } = launch({
      command: job.command,
      environment: { ...awsEnvironment, ...job.environment, ...batchEnvironment(job, attempt) },
    });
    const options = job.definition.containerProperties.logConfiguration.options;
    const stream = logs.open(options['awslogs-group'], options['awslogs-stream-prefix']);
    for (const output of [process.stdout!, process.stderr!]) {
      createInterface({ input: output }).on('line', (line) => stream.write(line));
    }
    return { stop, logStreamName: stream.name, ended: closed(process).finally(() => stream.close()) };
  };
}

/** AWS Batch user guide, "AWS Batch job environment variables". */
function batchEnvironment({ id, queue, index }: Job, attempt: number): Record<string, string> {
  return {
    AWS_BATCH_JOB_ID: id,
    AWS_BATCH_JQ_NAME: queue.slice(queue.lastIndexOf('/') + 1),
    AWS_BATCH_JOB_ATTEMPT: String(attempt),
    ...(index !== undefined && { AWS_BATCH_JOB_ARRAY_INDEX: String(index) }),
  };
}

function closed(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code!));
  });
}
