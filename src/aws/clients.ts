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

/** Settles which account and region are meant, for this process and those it starts, then makes the clients. */
export async function connectToAws(options: AwsOptions): Promise<AwsClients> {
  const [{ Batch }, { CloudFormation }, { CloudWatchLogs }, { SFN }] = await Promise.all([
    import('@aws-sdk/client-batch'),
    import('@aws-sdk/client-cloudformation'),
    import('@aws-sdk/client-cloudwatch-logs'),
    import('@aws-sdk/client-sfn'),
  ]);
  await settleAwsEnvironment(process.env, options, () => new SFN({}).config.region().catch(() => undefined));
  const settings = { maxAttempts: MAX_ATTEMPTS };
  return {
    batch: new Batch(settings),
    cloudFormation: new CloudFormation(settings),
    logs: new CloudWatchLogs(settings),
    stepFunctions: new SFN(settings),
  };
}
