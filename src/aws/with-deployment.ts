import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { type AwsClients, connectToAws } from './clients.ts';
import { type Deployment, findDeployment } from './deployment.ts';
import { explained } from './explain-aws-error.ts';
import type { AwsOptions } from './settings.ts';

/** What a command works with once it knows its account and region. */
export interface AwsContext {
  aws: AwsClients;
  deployment: Deployment;
  /** The deployment's bucket. */
  store: Store;
}

/** Finds the deployed stacks and works with them; refusals of AWS come out as errors that say what to do. */
export async function withDeployment<T>(options: AwsOptions, work: (context: AwsContext) => Promise<T>): Promise<T> {
  return explained(async () => {
    const aws = await connectToAws(options);
    const deployment = await findDeployment(aws);
    return work({ aws, deployment, store: openStore(`s3://${deployment.bucket}`) });
  });
}
