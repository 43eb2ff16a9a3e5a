import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readDeploymentConfig } from '../../../cdk/config.ts';
import { createStacks } from '../../../cdk/create-stacks.ts';
import { packageRoot } from '../../../src/base/package-root.ts';

/** The feature flags of `cdk.json`. */
export const cdkContext = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(packageRoot, 'cdk.json'), 'utf8')).context;

/** An app as `cdk synth` makes it, with these context values; nothing is bundled, which takes its own time. */
export function anApp(context: Record<string, unknown> = {}): App {
  return new App({ context: { ...cdkContext(), 'aws:cdk:bundling-stacks': [], ...context } });
}

/** Both stacks with these context values, and their templates. */
export function synthesise(context: Record<string, unknown> = {}) {
  const app = anApp(context);
  const { dataStack, pipelineStack } = createStacks(app, readDeploymentConfig(app.node));
  return { app, data: Template.fromStack(dataStack), pipeline: Template.fromStack(pipelineStack) };
}

/** The lifecycle rules of the data bucket: the one that is versioned. */
export const lifecycleRules = (data: Template) =>
  Object.values(data.findResources('AWS::S3::Bucket'))
    .filter(({ Properties }) => Properties.VersioningConfiguration)
    .flatMap(({ Properties }) => Properties.LifecycleConfiguration.Rules);

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

/** The statements of every role's policies, each beside its role's logical id. */
export function roleStatements(template: Template): { role: string; actions: string[]; resources: string[] }[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const attached = policies.flatMap(({ Properties: { Roles, PolicyDocument } }) =>
    (Roles as { Ref: string }[]).flatMap(({ Ref }) => PolicyDocument.Statement.map((each: Statement) => [Ref, each])),
  );
  const roles = Object.entries(template.findResources('AWS::IAM::Role'));
  const inline = roles.flatMap(([role, { Properties }]) =>
    (Properties.Policies ?? []).flatMap((policy: { PolicyDocument: { Statement: Statement[] } }) =>
      policy.PolicyDocument.Statement.map((each) => [role, each]),
    ),
  );
  return [...attached, ...inline].map(([role, { Action, Resource }]: [string, Statement]) => ({
    role,
    actions: [Action].flat(),
    resources: [Resource].flat().map(textOf),
  }));
}

/** An ARN as text, with what CloudFormation fills in as its JSON. */
function textOf(resource: unknown): string {
  const parts = (resource as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1] ?? [resource];
  return parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('');
}
