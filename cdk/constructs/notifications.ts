import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

const PUBLISHERS = ['events.amazonaws.com', 'cloudwatch.amazonaws.com', 'budgets.amazonaws.com'];

/** The topic that everything worth a person's attention goes to: encrypted, over TLS, from this account only. */
export class Notifications extends Construct {
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, { email }: { readonly email?: string }) {
    super(scope, id);
    const masterKey = new kms.Key(this, 'Key', { description: 'Notifications of metis-rise', enableKeyRotation: true });
    this.topic = new sns.Topic(this, 'Topic', { displayName: 'metis-rise', masterKey, enforceSSL: true });
    const fromThisAccount = {
      principals: PUBLISHERS.map((service) => new iam.ServicePrincipal(service)),
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    };
    masterKey.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        ...fromThisAccount,
      }),
    );
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [this.topic.topicArn], ...fromThisAccount }),
    );
    if (email) this.topic.addSubscription(new subscriptions.EmailSubscription(email));
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
    // The topic's policy covers events already; the target would add a statement per rule without a condition.
    const topic = sns.Topic.fromTopicArn(this, `${id}Topic`, this.topic.topicArn);
    const message = events.RuleTargetInput.fromText(text);
    new events.Rule(this, id, { eventPattern, targets: [new targets.SnsTopic(topic, { message })] });
  }
}
