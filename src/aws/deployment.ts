import type { CloudFormation, Stack } from '@aws-sdk/client-cloudformation';
import { InvalidInputError } from '../schema/errors.ts';
import type { AwsClients } from './clients.ts';

/** The stacks' names, and what the commands need of their outputs. */
const DATA_STACK = 'RiseData';
export const PIPELINE_STACK = 'RisePipeline';

/** What is deployed in the account and region that a command means. */
export interface Deployment {
  bucket: string;
  stateMachineArn: string;
  /** Repository that the GPU worker's image is pushed to. */
  workerImages: string;
  /** What was chosen for the pipeline, defaults left out; undefined where its stack is of a time before it told. */
  choices?: Record<string, unknown>;
  /** Project of CodeBuild that builds the worker's image, and the topic of notifications; absent as `choices`. */
  imageBuildProject?: string;
  notificationsTopicArn?: string;
  /** USD for an hour of a job on each queue, as the stack was told; absent where it was not. */
  hourUsd?: { rollout: number; training: number };
}

/** Reads the outputs of both stacks. Throws `InvalidInputError` where they are not deployed. */
export async function findDeployment({ cloudFormation }: Pick<AwsClients, 'cloudFormation'>): Promise<Deployment> {
  const data = await readOutputs(cloudFormation, DATA_STACK);
  const pipeline = await readOutputs(cloudFormation, PIPELINE_STACK);
  const { RolloutHourUsd: rollout, TrainingHourUsd: training, Choices: choices } = pipeline;
  const { ImageBuildProject: imageBuildProject, NotificationsTopicArn: notificationsTopicArn } = pipeline;
  return {
    bucket: need(data, DATA_STACK, 'DataBucketName'),
    stateMachineArn: need(pipeline, PIPELINE_STACK, 'StateMachineArn'),
    workerImages: need(data, DATA_STACK, 'WorkerImagesUri'),
    ...(choices && { choices: JSON.parse(choices) }),
    ...(imageBuildProject && { imageBuildProject }),
    ...(notificationsTopicArn && { notificationsTopicArn }),
    ...(rollout && training && { hourUsd: { rollout: Number(rollout), training: Number(training) } }),
  };
}

/**
 * The choices that the pipeline was deployed with; none where its stack does not tell, as of a time before it did or after a
 * first deployment that failed. Undefined where there is no stack.
 */
export async function findDeployedChoices({
  cloudFormation,
}: Pick<AwsClients, 'cloudFormation'>): Promise<Record<string, unknown> | undefined> {
  const stack = await findStack(cloudFormation, PIPELINE_STACK);
  return stack && JSON.parse(outputsOf(stack).Choices ?? '{}');
}

/** A stack, or undefined where this account has none of that name in this region. */
async function findStack(cloudFormation: CloudFormation, name: string): Promise<Stack | undefined> {
  try {
    return (await cloudFormation.describeStacks({ StackName: name })).Stacks?.[0];
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** The outputs of a stack by name. */
const outputsOf = ({ Outputs = [] }: Stack): Record<string, string> =>
  Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!]));

async function readOutputs(cloudFormation: CloudFormation, name: string): Promise<Record<string, string>> {
  const stack = await findStack(cloudFormation, name);
  if (stack) return outputsOf(stack);
  const region = await cloudFormation.config.region();
  throw new InvalidInputError(
    `stack ${name} is not in ${region} of this account; run rise deploy, or give the --profile and --region it is deployed in`,
  );
}

function need(outputs: Record<string, string>, stack: string, name: string): string {
  if (outputs[name]) return outputs[name];
  throw new InvalidInputError(`stack ${stack} has no output ${name}; its deployment did not end well, run rise deploy`);
}
