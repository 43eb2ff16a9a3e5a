import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { readDeploymentConfig } from '../../cdk/config.ts';
import { DataStack } from '../../cdk/data-stack.ts';
import { PipelineStack } from '../../cdk/pipeline-stack.ts';
import { readDefinition } from '../../src/local/definition.ts';
import { packageRoot } from '../../src/package-root.ts';

const { context } = JSON.parse(readFileSync(join(packageRoot, 'cdk.json'), 'utf8'));
// Bundling has its own time; what is asserted here does not depend on it.
const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
const dataStack = new DataStack(app, 'Data');
const pipelineStack = new PipelineStack(app, 'Pipeline', {
  dataBucket: dataStack.dataBucket,
  workerImages: dataStack.workerImages,
  config: readDeploymentConfig(app.node),
});
const data = Template.fromStack(dataStack);
const pipeline = Template.fromStack(pipelineStack);

/** A definition with everything that names a resource of an account taken out. */
function anonymous(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(anonymous);
  if (typeof value !== 'object' || value === null) return value;
  const names = ['FunctionName', 'JobDefinition', 'JobQueue', 'Bucket'];
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, names.includes(key) ? '*' : anonymous(field)]),
  );
}

describe('the pipeline stack', () => {
  it('deploys the very machine that runs locally', () => {
    const [machine] = Object.values(pipeline.findResources('AWS::StepFunctions::StateMachine'));
    const parts: unknown[] = machine.Properties.DefinitionString['Fn::Join'][1];
    const text = parts.map((part) => {
      if (typeof part === 'string') return part;
      return (part as { Ref?: string }).Ref === 'AWS::Partition' ? 'aws' : 'resource';
    });
    expect(anonymous(JSON.parse(text.join('')))).toEqual(anonymous(readDefinition()));
  });

  it('keeps no GPU instance when there is nothing to do', () => {
    const environments = Object.values(pipeline.findResources('AWS::Batch::ComputeEnvironment'));
    const resources = environments.map(({ Properties }) => Properties.ComputeResources);
    expect(resources.map(({ MinvCpus }) => MinvCpus)).toEqual([0, 0]);
    expect(resources.map(({ Type }) => Type).sort()).toEqual(['EC2', 'SPOT']);
  });

  it('retries a job whose spot instance was reclaimed, and no other failure', () => {
    pipeline.hasResourceProperties('AWS::Batch::JobDefinition', {
      RetryStrategy: {
        EvaluateOnExit: [
          Match.objectLike({ Action: 'RETRY', OnStatusReason: 'Host EC2*' }),
          { Action: 'EXIT', OnReason: '*' },
        ],
      },
    });
  });

  it('tells every function and job where the store is', () => {
    const functions = Object.values(pipeline.findResources('AWS::Lambda::Function')).filter(
      ({ Properties }) => Properties.Runtime === 'nodejs24.x' && Properties.Environment?.Variables.RISE_STORE,
    );
    expect(functions).toHaveLength(8);
    pipeline.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { Environment: [Match.objectLike({ Name: 'RISE_STORE' })] },
    });
  });
});

describe('the data stack', () => {
  it('keeps what it holds, private and over TLS', () => {
    data.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    data.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
    data.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});

it('context that is no whole number is refused', () => {
  const node = new App({ context: { maxVcpus: 'many' } }).node;
  expect(() => readDeploymentConfig(node)).toThrow('context maxVcpus is many; give a positive whole number');
});
