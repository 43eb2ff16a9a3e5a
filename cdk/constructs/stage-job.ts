import { Duration } from 'aws-cdk-lib';
import type * as batch from 'aws-cdk-lib/aws-batch';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { JobName } from '../../src/schema/stages.ts';

/** One attempt of a job. */
export const ATTEMPT_TIMEOUT = Duration.days(3);
/** Waiting for an instance, and every attempt. */
const JOB_TIMEOUT = Duration.days(7);

/**
 * How a job learns what to do: by overrides of its container, or, where its definition is in ECS's own properties, which
 * Step Functions cannot override, by parameters that its command refers to.
 */
export type JobInput = 'overrides' | 'parameters';

export interface StageJobProps {
  readonly jobName: JobName;
  readonly jobDefinition: batch.IJobDefinition;
  readonly jobQueue: batch.IJobQueue;
  readonly jobInput: JobInput;
  /** Children of an array job, at least two; a plain job when absent. */
  readonly arraySize?: number;
}

/**
 * A state that runs one GPU stage on Batch and waits for it. The job's input is the whole state.
 * The job definition retries what is worth it (a reclaimed spot instance); here only throttled requests are retried.
 */
export class StageJob extends tasks.BatchSubmitJob {
  constructor(scope: Construct, id: string, props: StageJobProps) {
    super(scope, id, {
      jobName: props.jobName,
      jobDefinitionArn: props.jobDefinition.jobDefinitionArn,
      jobQueueArn: props.jobQueue.jobQueueArn,
      ...inputOf(props),
      taskTimeout: sfn.Timeout.duration(ATTEMPT_TIMEOUT),
      resultPath: sfn.JsonPath.DISCARD,
      ...(props.arraySize !== undefined && { arraySize: props.arraySize }),
    });
    this.addRetry({
      errors: ['Batch.ServerException', 'Batch.TooManyRequestsException'],
      interval: Duration.seconds(5),
      backoffRate: 2,
      maxAttempts: 6,
      maxDelay: Duration.minutes(2),
      jitterStrategy: sfn.JitterType.FULL,
    });
  }

  /** `BatchSubmitJob` bounds the attempt only; a job that never leaves the queue must end too. */
  override toStateJson(topLevelQueryLanguage?: sfn.QueryLanguage): object {
    return { ...super.toStateJson(topLevelQueryLanguage), TimeoutSeconds: JOB_TIMEOUT.toSeconds() };
  }
}

function inputOf({
  jobName,
  jobInput,
}: StageJobProps): Pick<tasks.BatchSubmitJobProps, 'containerOverrides' | 'payload'> {
  const input = sfn.JsonPath.jsonToString(sfn.JsonPath.objectAt('$'));
  if (jobInput === 'parameters') return { payload: sfn.TaskInput.fromObject({ stage: jobName, input }) };
  return { containerOverrides: { command: [jobName], environment: { RISE_INPUT: input } } };
}
