import { App, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { JobQueue } from '../src/schema/stage.ts';
import { FUNCTION_NAMES, type FunctionName } from '../src/schema/stages.ts';
import { definitionOf, RiseStateMachine } from './constructs/rise-state-machine.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/**
 * The state machine as the construct synthesises it, around resources that have fixed names instead of an account's:
 * function `<name>`, queues and job definitions `rollout` and `training`, bucket `rise-data`.
 */
export function synthesiseLocalDefinition(): Record<string, unknown> {
  const stack = new Stack(new App(), 'LocalDefinition', { env: { account: ACCOUNT, region: REGION } });
  const functions = FUNCTION_NAMES.map((name) => [
    name,
    lambda.Function.fromFunctionArn(stack, `Function-${name}`, arn('lambda', `function:${name}`)),
  ]);
  const machine = new RiseStateMachine(stack, 'StateMachine', {
    dataBucket: s3.Bucket.fromBucketName(stack, 'DataBucket', 'rise-data'),
    stageFunctions: Object.fromEntries(functions) as Record<FunctionName, lambda.IFunction>,
    jobInput: 'overrides',
    jobDefinitions: { rollout: jobDefinition(stack, 'rollout'), training: jobDefinition(stack, 'training') },
    jobQueues: {
      rollout: batch.JobQueue.fromJobQueueArn(stack, 'RolloutQueue', arn('batch', 'job-queue/rollout')),
      training: batch.JobQueue.fromJobQueueArn(stack, 'TrainingQueue', arn('batch', 'job-queue/training')),
    },
  });
  return JSON.parse(joined(definitionOf(machine)));
}

const jobDefinition = (stack: Stack, queue: JobQueue) =>
  batch.EcsJobDefinition.fromJobDefinitionArn(stack, `${queue}-job`, arn('batch', `job-definition/${queue}:1`));

/** The text of a rendered `Fn::Join` whose only reference is the partition. */
function joined(rendered: unknown): string {
  if (typeof rendered === 'string') return rendered;
  const parts = (rendered as { 'Fn::Join': ['', unknown[]] })['Fn::Join'][1];
  return parts.map((part) => (typeof part === 'string' ? part : partition(part))).join('');
}

function partition(part: unknown): string {
  if ((part as { Ref?: string }).Ref === 'AWS::Partition') return 'aws';
  throw new Error(`the definition refers to ${JSON.stringify(part)}; give it a fixed name in local-definition.ts`);
}
