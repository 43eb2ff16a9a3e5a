import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { packageRoot } from '../base/package-root.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { type AwsClients, connectToAws } from './clients.ts';
import { type Deployment, findDeployment, findStack } from './deployment.ts';
import { explained } from './explain-aws-error.ts';
import type { AwsOptions } from './settings.ts';

/** The stack of `cdk bootstrap`. */
const BOOTSTRAP_STACK = 'CDKToolkit';
const CDK = join(packageRoot, 'node_modules/aws-cdk/bin/cdk');
/** The folder that cdk.json has the synthesis written to. */
const ASSEMBLY = 'cdk.out';

export interface DeployRequest {
  /** `name=value` each, for the stacks' config. */
  context: readonly string[];
  /** The differences need nobody's yes. */
  isAgreed: boolean;
  /** Standard output is for the result alone; what CDK prints goes to standard error. */
  isQuiet: boolean;
}

/**
 * Checks that CDK can deploy here, synthesises, shows the differences, asks, deploys. Gives undefined when the answer
 * is no. Throws `InvalidInputError` where something has to be set right first.
 */
export async function deployStacks(options: AwsOptions, request: DeployRequest): Promise<Deployment | undefined> {
  assertCheckout();
  if (!request.isAgreed && (request.isQuiet || !process.stdin.isTTY)) {
    throw new InvalidInputError('nobody can be asked here whether to deploy; give --yes');
  }
  return explained(async () => {
    const aws = await connectToAws(options);
    await assertBootstrapped(aws);
    const context = request.context.flatMap((choice) => ['--context', choice]);
    await runCdk(['synth', '--quiet', ...context], request);
    await runCdk(['diff', '--app', ASSEMBLY], request);
    if (!request.isAgreed && !(await isWanted())) return undefined;
    await runCdk(['deploy', '--all', '--app', ASSEMBLY, '--require-approval', 'never'], request);
    return findDeployment(aws);
  });
}

function assertCheckout(): void {
  if (existsSync(CDK) && existsSync(join(packageRoot, 'cdk/app.ts'))) return;
  throw new InvalidInputError(`${packageRoot} has no stacks to deploy; run rise deploy in a checkout of the project`);
}

/** Makes sure of what CDK deploys with; whether it is recent, CDK says. Throws `InvalidInputError` where it lacks. */
async function assertBootstrapped({ cloudFormation }: Pick<AwsClients, 'cloudFormation'>): Promise<void> {
  if (await findStack(cloudFormation, BOOTSTRAP_STACK)) return;
  const region = await cloudFormation.config.region();
  throw new InvalidInputError(
    `this account is not bootstrapped for CDK in ${region} (there is no stack ${BOOTSTRAP_STACK}); run npx cdk bootstrap there once`,
  );
}

/** CDK finds account and region in the environment, as settled for this process. */
async function runCdk(args: readonly string[], { isQuiet }: DeployRequest): Promise<void> {
  const child = spawn(process.execPath, [CDK, ...args], {
    cwd: packageRoot,
    stdio: ['ignore', isQuiet ? process.stderr : 'inherit', 'inherit'],
  });
  const [code, signal] = await once(child, 'close');
  if (code === 0) return;
  throw new InvalidInputError(
    `cdk ${args[0]} ended with ${signal ?? `exit code ${code}`}; what it printed above says why`,
  );
}

async function isWanted(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Deploy this? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
