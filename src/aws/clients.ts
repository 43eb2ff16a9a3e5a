import type { Batch } from '@aws-sdk/client-batch';
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { SFN } from '@aws-sdk/client-sfn';
import { type AwsOptions, settleAwsEnvironment } from './settings.ts';

/** The services the commands talk to; credentials, region and endpoint as the SDK finds them. */
export interface AwsClients {
  batch: Batch;
  cloudFormation: CloudFormation;
  logs: CloudWatchLogs;
  stepFunctions: SFN;
}

/** The first try and each retry, with the SDK's growing waits. */
const MAX_ATTEMPTS = 6;

const SETTINGS = { maxAttempts: MAX_ATTEMPTS };

/** Services that few commands ask, each loaded when one does, once the environment is settled. */
export const services = {
  autoScaling: async () => new (await import('@aws-sdk/client-auto-scaling')).AutoScaling(SETTINGS),
  codeBuild: async () => new (await import('@aws-sdk/client-codebuild')).CodeBuild(SETTINGS),
  costExplorer: async () => new (await import('@aws-sdk/client-cost-explorer')).CostExplorer(SETTINGS),
  ec2: async () => new (await import('@aws-sdk/client-ec2')).EC2(SETTINGS),
  ecr: async () => new (await import('@aws-sdk/client-ecr')).ECR(SETTINGS),
  lambda: async () => new (await import('@aws-sdk/client-lambda')).Lambda(SETTINGS),
  serviceQuotas: async () => new (await import('@aws-sdk/client-service-quotas')).ServiceQuotas(SETTINGS),
  sns: async () => new (await import('@aws-sdk/client-sns')).SNS(SETTINGS),
  ssm: async () => new (await import('@aws-sdk/client-ssm')).SSM(SETTINGS),
  sts: async () => new (await import('@aws-sdk/client-sts')).STS(SETTINGS),
};

/** Settles which account and region are meant, for this process and those it starts, then makes the clients. */
export async function connectToAws(options: AwsOptions): Promise<AwsClients> {
  const [{ Batch }, { CloudFormation }, { CloudWatchLogs }, { SFN }] = await Promise.all([
    import('@aws-sdk/client-batch'),
    import('@aws-sdk/client-cloudformation'),
    import('@aws-sdk/client-cloudwatch-logs'),
    import('@aws-sdk/client-sfn'),
  ]);
  await settleAwsEnvironment(process.env, options, () => new SFN({}).config.region().catch(() => undefined));
  return {
    batch: new Batch(SETTINGS),
    cloudFormation: new CloudFormation(SETTINGS),
    logs: new CloudWatchLogs(SETTINGS),
    stepFunctions: new SFN(SETTINGS),
  };
}
