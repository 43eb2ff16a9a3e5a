import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { packageRoot } from '../base/package-root.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { checkBootstrap } from './checks/bootstrap.ts';
import { type ChangedChoice, choiceText, overlayChoices, readContext, writeContext } from './choices.ts';
import { connectToAws } from './clients.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { explained } from './explain-aws-error.ts';
import { type DeploymentPlan, type GivenChoices, planDeployment } from './plan-deployment.ts';
import type { AwsOptions } from './settings.ts';

const CDK = join(packageRoot, 'node_modules/aws-cdk/bin/cdk');
/** The folder that cdk.json has the synthesis written to. */
const ASSEMBLY = 'cdk.out';

export interface DeployRequest extends GivenChoices {
  /** The differences need nobody's yes. */
  isAgreed: boolean;
  /** Standard output is for the result alone; what CDK prints goes to standard error. */
  isQuiet: boolean;
  /** Is told what it is about to be made with, before anything is synthesised. */
  onPlan: (plan: DeploymentPlan) => void;
}

/**
 * Checks that CDK can deploy here, looks up what the choices need, synthesises, shows the differences, asks, keeps the
 * choices, deploys. Gives undefined when the answer is no. Throws `InvalidInputError` where something has to be set right first.
 */
export async function deployStacks(options: AwsOptions, request: DeployRequest): Promise<Deployment | undefined> {
  assertCheckout();
  if (!request.isAgreed && (request.isQuiet || !process.stdin.isTTY)) {
    throw new InvalidInputError('nobody can be asked here whether to deploy; give --yes');
  }
  return explained(async () => {
    const aws = await connectToAws(options);
    await assertBootstrapped(request, await aws.cloudFormation.config.region());
    const plan = await planDeployment(aws, request);
    request.onPlan(plan);
    await runCdk(['synth', '--quiet', ...plan.untold.flatMap(contextOption)], request);
    await runCdk(['diff', '--app', ASSEMBLY], request);
    if (!request.isAgreed && !(await isWanted())) return undefined;
    writeContext(request.contextFile, plan.context);
    await runCdk(['deploy', '--all', '--app', ASSEMBLY, '--require-approval', 'never'], request);
    return findDeployment(aws);
  });
}

const contextOption = ({ name, to }: ChangedChoice) => ['--context', `${name}=${choiceText(to)}`];

function assertCheckout(): void {
  if (existsSync(CDK) && existsSync(join(packageRoot, 'cdk/app.ts'))) return;
  throw new InvalidInputError(`${packageRoot} has no stacks to deploy; run rise deploy in a checkout of the project`);
}

/** Makes sure of what CDK deploys with; whether it is recent, CDK says. Throws `InvalidInputError` where it lacks. */
async function assertBootstrapped({ context, contextFile }: GivenChoices, region: string): Promise<void> {
  const { value, remedy } = await checkBootstrap(overlayChoices(readContext(contextFile), context), region);
  if (remedy) throw new InvalidInputError(`CDK bootstrap: ${value}; ${remedy}`);
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
