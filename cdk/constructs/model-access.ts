import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

/** What the ids of cross-region inference profiles begin with. */
const PROFILE = /^(global|us|us-gov|eu|apac|jp|au|ca)\./;

/**
 * Lets a function call these models of Bedrock and no other. An inference profile passes a call on to its model in any of
 * its regions, so that model is allowed in all of them, by way of the profile only.
 */
export function grantModelAccess({ role, stack }: lambda.Function, modelIds: readonly string[]): void {
  const allow = (resources: string[], conditions?: iam.Conditions) =>
    role?.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources, conditions }));
  for (const id of modelIds) {
    if (!PROFILE.test(id)) {
      allow([foundationModel(stack, stack.region, id)]);
      continue;
    }
    const profile = stack.formatArn({ service: 'bedrock', resource: 'inference-profile', resourceName: id });
    allow([profile]);
    allow([foundationModel(stack, '*', id.replace(PROFILE, ''))], {
      StringEquals: { 'bedrock:InferenceProfileArn': profile },
    });
  }
}

const foundationModel = (stack: Stack, region: string, resourceName: string) =>
  stack.formatArn({ service: 'bedrock', region, account: '', resource: 'foundation-model', resourceName });
