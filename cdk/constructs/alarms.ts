import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface AlarmsProps {
  readonly stateMachine: sfn.IStateMachine;
  readonly stageFunctions: readonly lambda.IFunction[];
  /** Those of them for which an error is no part of the plan. */
  readonly onceFunctions: readonly lambda.IFunction[];
  readonly topic: sns.ITopic;
}

const PERIOD = { period: Duration.minutes(5), statistic: 'Sum' };

/** What should be 0: each alarm fires within five minutes of the first occurrence. Of runs that fail, events tell. */
export class Alarms extends Construct {
  readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { stateMachine, stageFunctions, onceFunctions, topic }: AlarmsProps) {
    super(scope, id);
    const sum = (metrics: cloudwatch.IMetric[]) =>
      new cloudwatch.MathExpression({
        expression: metrics.map((_, index) => `m${index}`).join(' + '),
        usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
        period: PERIOD.period,
      });
    const watched: [string, string, cloudwatch.IMetric][] = [
      ['RunsThrottled', 'State transitions over the quota of Step Functions', stateMachine.metricThrottled(PERIOD)],
      [
        'StageErrors',
        'Failed calls of Lambda stages, but of those that are called again until they are done',
        sum(onceFunctions.map((each) => each.metricErrors(PERIOD))),
      ],
      [
        'StageThrottles',
        'Calls of Lambda stages over the concurrency quota',
        sum(stageFunctions.map((each) => each.metricThrottles(PERIOD))),
      ],
    ];
    this.alarms = watched.map(([name, alarmDescription, metric]) => {
      const alarm = new cloudwatch.Alarm(this, name, {
        alarmDescription,
        metric,
        threshold: 0,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(new actions.SnsAction(topic));
      return alarm;
    });
  }
}
