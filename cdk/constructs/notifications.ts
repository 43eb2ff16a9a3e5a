import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/** The topic that everything worth a person's attention goes to: encrypted, over TLS, from services only. */
export class Notifications extends Construct {
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, { email }: { readonly email?: string }) {
    super(scope, id);
    const masterKey = new kms.Key(this, 'Key', {
      description: 'Notifications of metis-rise',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.topic = new sns.Topic(this, 'Topic', { displayName: 'metis-rise', masterKey, enforceSSL: true });
    for (const publisher of this.publishers()) {
      const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
      masterKey.addToResourcePolicy(new iam.PolicyStatement({ actions, resources: ['*'], ...publisher }));
      const resources = [this.topic.topicArn];
      this.topic.addToResourcePolicy(new iam.PolicyStatement({ actions: ['sns:Publish'], resources, ...publisher }));
    }
    if (email) this.topic.addSubscription(new subscriptions.EmailSubscription(email));
  }

  /** EventBridge documents no condition for topics, and a notification that is dropped is dropped in silence. */
  private publishers() {
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    return [
      { principals: [new iam.ServicePrincipal('events.amazonaws.com')] },
      {
        principals: ['cloudwatch', 'budgets'].map((name) => new iam.ServicePrincipal(`${name}.amazonaws.com`)),
        conditions: ofThisAccount,
      },
    ];
  }

  /** Executions that ended in any way but success. */
  onFailedExecutions(stateMachineArn: string): void {
    const text = `Run ${events.EventField.fromPath('$.detail.name')} ended as ${events.EventField.fromPath('$.detail.status')}; its failure.json and the execution say why: ${events.EventField.fromPath('$.detail.executionArn')}`;
    this.rule('FailedExecutions', text, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    });
  }

  /** A job at the head of a queue that cannot start: no capacity, or no instance type large enough. */
  onBlockedQueues(jobQueueArns: string[]): void {
    const text = `Job ${events.EventField.fromPath('$.detail.jobName')} waits: ${events.EventField.fromPath('$.detail.statusReason')}`;
    this.rule('BlockedQueues', text, {
      source: ['aws.batch'],
      detailType: ['Batch Job Queue Blocked'],
      detail: { jobQueue: jobQueueArns },
    });
  }

  private rule(id: string, text: string, eventPattern: events.EventPattern): void {
    const { topicArn } = this.topic;
    const input = events.RuleTargetInput.fromText(text);
    // The topic's policy covers events already; CDK's own target adds a statement per rule, without a condition.
    new events.Rule(this, id, { eventPattern, targets: [{ bind: () => ({ arn: topicArn, input }) }] });
  }
}
