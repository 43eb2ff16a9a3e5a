import type { Finding } from '../../base/finding.ts';
import type { DeploymentConfig } from '../../schema/deployment-config.ts';
import type { Context } from '../choices.ts';
import type { AwsClients } from '../clients.ts';
import type { Deployment } from '../deployment.ts';

/** What the checks of an account go by. */
export interface CheckContext {
  aws: AwsClients;
  region: string;
  /** Those of the deployed stack or, before there is one, of this checkout; absent ones have their defaults. */
  choices: DeploymentConfig;
  /** What this checkout keeps for its next deployment. */
  kept: Context;
  /** Undefined where the stacks are not there. */
  deployment?: Deployment;
}

/** A question to the account: a call or two, and a pure reading of the answers. */
export type Check = (context: CheckContext) => Promise<Finding[]>;
