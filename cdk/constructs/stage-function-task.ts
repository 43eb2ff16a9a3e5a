import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/** Lambda's own limit. */
export const FUNCTION_TIMEOUT = Duration.minutes(15);

/** Longer, so that a call that runs out of time says so itself and has ended when the next begins. */
const STATE_TIMEOUT = Duration.seconds(FUNCTION_TIMEOUT.toSeconds() + 60);

export interface StageFunctionTaskProps extends Pick<tasks.LambdaInvokeProps, 'payload' | 'outputPath' | 'resultPath'> {
  readonly stageFunction: lambda.IFunction;
}

/** A state that calls one Lambda stage; faults of the service are retried with full jitter, throttling for about half an hour. */
export class StageFunctionTask extends tasks.LambdaInvoke {
  constructor(scope: Construct, id: string, { stageFunction, ...props }: StageFunctionTaskProps) {
    super(scope, id, {
      lambdaFunction: stageFunction,
      taskTimeout: sfn.Timeout.duration(STATE_TIMEOUT),
      // Its list gives all faults the same patience.
      retryOnServiceExceptions: false,
      ...props,
    });
    this.addRetry({
      errors: [
        'Lambda.ClientExecutionTimeoutException',
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
      ],
      interval: Duration.seconds(2),
      backoffRate: 2,
      maxAttempts: 6,
      maxDelay: Duration.minutes(1),
      jitterStrategy: sfn.JitterType.FULL,
    });
    // Ten calls at once is all that a new account may have: waiting for a turn costs nothing and is nobody's fault.
    this.addRetry({
      errors: ['Lambda.TooManyRequestsException'],
      interval: Duration.seconds(2),
      backoffRate: 2,
      maxAttempts: 60,
      maxDelay: Duration.minutes(1),
      jitterStrategy: sfn.JitterType.FULL,
    });
  }
}
