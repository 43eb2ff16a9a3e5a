import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/** Lambda's own limit. */
export const FUNCTION_TIMEOUT = Duration.minutes(15);

export interface StageFunctionTaskProps extends Pick<tasks.LambdaInvokeProps, 'payload' | 'outputPath' | 'resultPath'> {
  readonly stageFunction: lambda.IFunction;
}

/** A state that calls one Lambda stage; faults of the service, throttling among them, are retried with full jitter. */
export class StageFunctionTask extends tasks.LambdaInvoke {
  constructor(scope: Construct, id: string, { stageFunction, ...props }: StageFunctionTaskProps) {
    super(scope, id, {
      lambdaFunction: stageFunction,
      taskTimeout: sfn.Timeout.duration(FUNCTION_TIMEOUT),
      // Its list lacks Lambda.TooManyRequestsException.
      retryOnServiceExceptions: false,
      ...props,
    });
    this.addRetry({
      errors: [
        'Lambda.ClientExecutionTimeoutException',
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
        'Lambda.TooManyRequestsException',
      ],
      interval: Duration.seconds(2),
      backoffRate: 2,
      maxAttempts: 6,
      maxDelay: Duration.minutes(1),
      jitterStrategy: sfn.JitterType.FULL,
    });
  }
}
