import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface JobEventsProps {
  readonly jobQueueArns: string[];
  readonly retention: logs.RetentionDays;
}

/** Logs every job that ended, with its times: what GPU-hours are counted from. */
export class JobEvents extends Construct {
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, { jobQueueArns, retention }: JobEventsProps) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Logs', { retention });
    // The group's own policy: an account may have but ten that stand beside the groups.
    const policy = new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          principals: [new iam.ServicePrincipal('events.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: ['*'],
        }),
      ],
    });
    (this.logGroup.node.defaultChild as logs.CfnLogGroup).resourcePolicyDocument = policy;
    // A target's ARN lacks the `:*` that a log group's own ends with.
    const arn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: this.logGroup.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new events.Rule(this, 'Ended', {
      eventPattern: {
        source: ['aws.batch'],
        detailType: ['Batch Job State Change'],
        detail: { jobQueue: jobQueueArns, status: ['SUCCEEDED', 'FAILED'] },
      },
      // CDK's own target deploys a function that runs once, to write the policy above.
      targets: [{ bind: () => ({ arn }) }],
    });
  }
}
