import { Batch } from '@aws-sdk/client-batch';
import { CloudFormation } from '@aws-sdk/client-cloudformation';

/** The emulator checks that it is there, and no more. */
const ROLE_NAME = 'any';
const ROLE = `arn:aws:iam::123456789012:role/${ROLE_NAME}`;

/**
 * Both stacks, reduced to what the commands read of them: a bucket, a state machine, and their outputs, to which more may
 * be added.
 */
export async function deployStacks(bucket: string, outputs: Record<string, string> = {}): Promise<void> {
  const cloudFormation = new CloudFormation({});
  const output = (Value: unknown) => ({ Value });
  const stacks = {
    RiseData: {
      Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucket } } },
      Outputs: {
        DataBucketName: output({ Ref: 'Bucket' }),
        WorkerImagesUri: output('123456789012.dkr.ecr.eu-central-1.amazonaws.com/worker'),
      },
    },
    RisePipeline: {
      Resources: { Role: aRole(), Machine: aStateMachine() },
      Outputs: {
        StateMachineArn: output({ Ref: 'Machine' }),
        RolloutHourUsd: output('2'),
        TrainingHourUsd: output('4'),
        ...Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, output(value)])),
      },
    },
  };
  for (const [StackName, template] of Object.entries(stacks)) {
    await cloudFormation.createStack({ StackName, TemplateBody: JSON.stringify(template) });
  }
}

const aRole = () => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: ROLE_NAME, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
});

function aStateMachine() {
  const DefinitionString = JSON.stringify({ StartAt: 'Any', States: { Any: { Type: 'Pass', End: true } } });
  return { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString, RoleArn: ROLE } };
}

export interface JobRequest {
  jobName: string;
  arraySize?: number;
  /** Never starts, as without capacity; others end as soon as they are submitted. */
  waits?: boolean;
}

/** A queue of moto, which runs no containers here and tells nothing of log configurations. Gives what submits to it. */
export async function aJobQueue(moto: string): Promise<(request: JobRequest) => Promise<string>> {
  const set = (path: string, body: object) =>
    fetch(`${moto}/moto-api/${path}`, { method: 'POST', body: JSON.stringify(body) });
  const batch = new Batch({});
  const { computeEnvironmentArn } = await batch.createComputeEnvironment({
    computeEnvironmentName: 'unmanaged',
    type: 'UNMANAGED',
    serviceRole: ROLE,
  });
  const { jobQueueArn } = await batch.createJobQueue({
    jobQueueName: 'queue',
    state: 'ENABLED',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentArn }],
  });
  const { jobDefinitionArn } = await batch.registerJobDefinition({
    jobDefinitionName: 'worker',
    type: 'container',
    containerProperties: { image: 'worker', vcpus: 1, memory: 128 },
  });
  const progression = { progression: 'manual', times: 1_000_000 };
  await set('state-manager/set-transition', { model_name: 'batch::job', transition: progression });
  return async ({ jobName, arraySize, waits = false }) => {
    await set('config', { batch: { use_docker: waits } });
    const { jobId } = await batch.submitJob({
      jobName,
      jobQueue: jobQueueArn,
      jobDefinition: jobDefinitionArn,
      ...(arraySize && { arrayProperties: { size: arraySize } }),
    });
    return jobId!;
  };
}
