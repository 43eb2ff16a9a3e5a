import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextPath } from '../../../src/aws/choices.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import { startDockerEngine } from '../../support/docker-engine.ts';
import { installNotingDocker } from '../../support/noting-docker.ts';
import { buildWorkerImage } from '../../support/worker-image.ts';
import { launchInDocker, launchProcess } from './containers.ts';
import { findLocalStack, startLocalStack } from './localstack-server.ts';

/** Where the suite deploys and runs. */
export interface Account {
  /** Takes the host of a running job away, as spot capacity is reclaimed; AWS does that when it likes. */
  reclaimHostOf?: (jobId: string) => void;
  /** Choices of the stacks that this account needs. */
  context: string[];
  /** Folder of a `docker` that only notes what it is asked, where the image is not to be built; first on the path. */
  dockerFolder?: string;
  close(): Promise<void>;
}

/** With this, the suite costs money where the environment names a real account. */
const IS_OF_ENVIRONMENT = process.env.RISE_TEST_ACCOUNT === 'environment';
/** Batch jobs in the worker's image, which is built first, instead of as processes. */
const IS_IN_CONTAINERS = process.env.RISE_TEST_JOBS === 'containers';
/** For two jobs at once on the queue of rollouts. */
const TWO_JOBS = ['-c', 'rolloutMaxVcpus=30'];

/**
 * `describe` on an account that is bootstrapped for CDK: a LocalStack of our own or, with `RISE_TEST_ACCOUNT=environment`,
 * the one that credentials, profile, region and `AWS_ENDPOINT_URL` name. Skipped, and the reason printed, where LocalStack
 * cannot be installed.
 */
export function describeOnAccount(name: string, tests: (account: () => Account) => void): void {
  const found = IS_OF_ENVIRONMENT ? undefined : findLocalStack();
  let account: Account;
  if (found && 'missing' in found) {
    console.warn(`Skipped, ${found.missing}: ${name}`);
    describe.skip(name, () => tests(() => account));
    return;
  }
  describe(name, () => {
    beforeAll(async () => {
      account = found ? await openLocalStack(found.python) : { context: [], close: async () => {} };
    }, 1_800_000);
    afterAll(() => account?.close());
    tests(() => account);
  });
}

async function openLocalStack(python: string): Promise<Account> {
  const engine = IS_IN_CONTAINERS ? await startDockerEngine() : undefined;
  const launch = engine ? launchInDocker(engine, await buildWorkerImage(engine)) : launchProcess;
  const { environment, reclaimHostOf, stop } = await startLocalStack(python, launch);
  const choices = setAside(contextPath);
  const dockerFolder = mkdtempSync(join(tmpdir(), 'rise-docker-'));
  installNotingDocker(dockerFolder);
  const close = async () => {
    await stop();
    await engine?.stop();
    choices.putBack();
    rmSync(dockerFolder, { recursive: true, force: true });
  };
  Object.assign(process.env, environment);
  delete process.env.AWS_PROFILE;
  const cdk = join(packageRoot, 'node_modules/aws-cdk/bin/cdk');
  const anyApp = ['--app', '', 'aws://000000000000/us-east-1'];
  try {
    execFileSync(process.execPath, [cdk, 'bootstrap', ...anyApp], { env: process.env, stdio: 'pipe' });
  } catch (error) {
    await close();
    throw error;
  }
  return { reclaimHostOf, context: TWO_JOBS, dockerFolder, close };
}

/** Whoever tests keeps the choices of this checkout's own deployment. */
function setAside(file: string): { putBack: () => void } {
  const kept = existsSync(file) ? readFileSync(file) : undefined;
  rmSync(file, { force: true });
  return { putBack: () => (kept ? writeFileSync(file, kept) : rmSync(file, { force: true })) };
}
