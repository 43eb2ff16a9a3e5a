import type { Finding } from '../base/finding.ts';
import { parseDeploymentConfig } from '../schema/deployment-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { checkBootstrap } from './checks/bootstrap.ts';
import type { Check, CheckContext } from './checks/check.ts';
import { checkCostTag } from './checks/cost-tag.ts';
import { checkCredentials } from './checks/credentials.ts';
import { checkEc2Quotas } from './checks/ec2-quotas.ts';
import { examine, unanswered } from './checks/examine.ts';
import { checkOfferings } from './checks/instance-offerings.ts';
import { checkConcurrency } from './checks/lambda-concurrency.ts';
import { checkLaunches } from './checks/launches.ts';
import { checkStacks } from './checks/stacks.ts';
import { checkSubscription } from './checks/subscription.ts';
import { checkImage } from './checks/worker-image.ts';
import { readContext } from './choices.ts';
import { connectToAws } from './clients.ts';
import { findDeployment } from './deployment.ts';
import { explained } from './explain-aws-error.ts';
import type { AwsOptions } from './settings.ts';

/** In the order in which they stand in a run's way. */
const CHECKS: Readonly<Record<string, Check>> = {
  'Instance types': checkOfferings,
  'EC2 quotas': checkEc2Quotas,
  'Lambda concurrency': checkConcurrency,
  Stacks: checkStacks,
  'Worker image': checkImage,
  Notifications: checkSubscription,
  'Cost tag': checkCostTag,
  'Last launch': checkLaunches,
};

/** Asks the account everything that a run there depends on; changes nothing. */
export async function examineAccount(options: AwsOptions, contextFile: string): Promise<Finding[]> {
  return explained(async () => {
    const aws = await connectToAws(options);
    const region = await aws.cloudFormation.config.region();
    const kept = readContext(contextFile);
    const choices = parseDeploymentConfig(kept);
    const credentials = await checkCredentials({ aws, region, choices, kept }).catch((error) => [
      unanswered('Credentials', error),
    ]);
    // Without them every other question has the same answer.
    if (credentials.some(({ remedy }) => remedy !== undefined)) return credentials;
    const bootstrap: Check = async () => [await checkBootstrap(kept, region)];
    const checks = { 'CDK bootstrap': bootstrap, ...CHECKS };
    return [...credentials, ...(await examine(checks, await withDeployed({ aws, region, choices, kept })))];
  });
}

/** With what is deployed, where anything is: that is what runs, whatever this checkout would deploy. */
async function withDeployed(context: CheckContext): Promise<CheckContext> {
  const deployment = await findDeployment(context.aws).catch((error: unknown) => {
    // Not there, or its deployment did not end well: the check of the stacks says so.
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  });
  if (!deployment) return context;
  return {
    ...context,
    deployment,
    choices: deployment.choices ? parseDeploymentConfig(deployment.choices) : context.choices,
  };
}
