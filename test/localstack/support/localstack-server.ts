import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../../src/base/package-root.ts';
import { findPython, type PythonEnvironment } from '../../support/python-environment.ts';
import { startAccessGateway } from './access-gateway.ts';
import { createAccountServices } from './account-services.ts';
import { createBatchService } from './batch-service.ts';
import { startComputeServer } from './compute-server.ts';
import { createContainers, type Launch } from './containers.ts';
import { createFunctionEnvironments } from './function-environments.ts';
import { createJobLogs } from './job-logs.ts';

/** The last open LocalStack, and of what it uses and has moved on since, versions that it works with. */
const REQUIREMENTS = [
  'localstack-core[runtime]==4.14.0',
  'cbor2==5.9.0',
  'localstack-twisted==25.5.0',
  'moto-ext==5.1.22',
  'pyopenssl==25.3.0',
];
const READY = 'Ready.';
const REGION = 'us-east-1';

export const findLocalStack = (): PythonEnvironment => findPython([3, 12], REQUIREMENTS);

/** A running LocalStack whose Batch jobs and functions run on this machine. */
export interface LocalStack {
  /** What the AWS SDK and CDK find it by. */
  environment: Record<string, string>;
  /** Takes the host of a running job away, as spot capacity is reclaimed. */
  reclaimHostOf(jobId: string): void;
  /** Ends it with everything it started. */
  stop(): Promise<void>;
}

/** Starts one with nothing in it, whose jobs are made by `launch`. */
export async function startLocalStack(python: string, launch: Launch): Promise<LocalStack> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'rise-localstack-'));
  const access = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: REGION };
  const endpoint = `http://127.0.0.1:${port}`;
  const compute = await startCompute(endpoint, access, launch);
  const child = spawn(python, ['-m', 'localstack.runtime.main'], {
    cwd: home,
    env: { ...serverEnvironment(home, port), RISE_COMPUTE_URL: compute.url },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await end(child);
    await compute.stop();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await ready(child, join(home, 'localstack.log'));
  } catch (error) {
    await stop();
    throw error;
  }
  // CDK remembers which account a key is of.
  const environment = { ...access, AWS_ENDPOINT_URL: endpoint, CDK_HOME: home };
  return { environment, reclaimHostOf: compute.reclaimHostOf, stop };
}

/** What does the work: Batch and functions, which reach the bucket as their roles may. */
async function startCompute(endpoint: string, access: Record<string, string>, launch: Launch) {
  const gateway = await startAccessGateway(endpoint);
  const logs = createJobLogs({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: access.AWS_ACCESS_KEY_ID, secretAccessKey: access.AWS_SECRET_ACCESS_KEY },
  });
  const containers = createContainers(launch, logs, { ...access, AWS_ENDPOINT_URL: gateway.jobEndpoint });
  const batch = createBatchService(containers);
  const server = await startComputeServer(
    batch,
    createFunctionEnvironments(gateway.endpointOfFunction),
    createAccountServices(),
  );
  return {
    url: server.url,
    reclaimHostOf: batch.reclaimHostOf,
    stop: async () => {
      await server.stop();
      await gateway.stop();
    },
  };
}

/** Nothing is asked of, told to or looked up on other machines, and nothing is written outside of its home. */
const serverEnvironment = (home: string, port: number) => ({
  PATH: process.env.PATH,
  HOME: home,
  TMPDIR: home,
  FILESYSTEM_ROOT: home,
  PYTHONPATH: join(packageRoot, 'test/localstack/plugin'),
  PYTHONDONTWRITEBYTECODE: '1',
  GATEWAY_LISTEN: `127.0.0.1:${port}`,
  LAMBDA_RUNTIME_EXECUTOR: 'rise',
  CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES: '1',
  DISABLE_EVENTS: '1',
  DNS_ADDRESS: '0',
  SKIP_SSL_CERT_DOWNLOAD: '1',
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Throws with what it printed last when it ends instead; all of it is in the log. */
function ready(child: ChildProcess, log: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const tail: string[] = [];
    const read = (line: string) => {
      if (line === READY) resolve();
      tail.splice(0, tail.length - 20);
      tail.push(line);
      appendFileSync(log, `${line}\n`);
    };
    createInterface({ input: child.stdout! }).on('line', read);
    createInterface({ input: child.stderr! }).on('line', read);
    child.once('close', (code) => reject(new Error(`LocalStack ended with exit code ${code}:\n${tail.join('\n')}`)));
  });
}

/** Ends it, by its standard input. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.stdin!.end();
  });
}
