import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EVALUATED_POLICIES } from '../../src/schema/evaluated-policies.ts';

export interface DashboardProps {
  readonly stateMachine: sfn.IStateMachine;
  readonly alarms: cloudwatch.IAlarm[];
  /** Has a line per scored shard: its rollout, number of trajectories, mean reward, number correct. */
  readonly scoringLog: logs.ILogGroup;
  /** Has a line per finished run, with its accuracies. */
  readonly reportLog: logs.ILogGroup;
  /** Has the progress lines of the jobs. */
  readonly jobLog: logs.ILogGroup;
  /** Has an event per job that ended. */
  readonly jobEventLog: logs.ILogGroup;
  readonly queues: readonly PricedQueue[];
}

/** A queue of GPU jobs, and what an hour of a job on it is taken to cost; its hours alone are told where nobody knows. */
export interface PricedQueue {
  readonly title: string;
  readonly jobQueueArn: string;
  readonly hourUsd: number | undefined;
}

const { LINE, TABLE } = cloudwatch.LogQueryVisualizationType;
const REWARDS =
  'sum(meanReward * trajectories) / sum(trajectories) as reward, sum(correct) / sum(trajectories) as accuracy';

/** A field of the line per finished run; Logs Insights takes a name with a hyphen between backticks. */
const heldOutAccuracy = (policy: string) => `\`evaluation.held-out.policies.${policy}.accuracy\``;
const LATEST_ACCURACIES = EVALUATED_POLICIES.map(
  ({ name, label }) => `latest(${heldOutAccuracy(name)}) as ${label}`,
).join(', ');

/** How runs go: reward, accuracy, tokens per second and cost, read from the logs; metrics cost nothing when idle. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { stateMachine, alarms, scoringLog, reportLog, jobLog, jobEventLog } = props;
    const dashboard = new cloudwatch.Dashboard(this, 'Resource');
    dashboard.addWidgets(
      query('Reward and accuracy of rollouts', LINE, scoringLog, [
        'filter ispresent(meanReward)',
        `stats ${REWARDS} by bin(1h)`,
      ]),
      query('By run and rollout', TABLE, scoringLog, [
        'filter ispresent(meanReward)',
        `stats ${REWARDS} by runId, rollout`,
        'sort runId, rollout',
      ]),
    );
    dashboard.addWidgets(
      query('Tokens per second of a sampling job', LINE, jobLog, [
        'parse @message /"tokensPerSecond":(?<tokensPerSecond>[0-9.e+-]+)/',
        'filter ispresent(tokensPerSecond)',
        'stats avg(tokensPerSecond), max(tokensPerSecond) by bin(5m)',
      ]),
      query('Held-out accuracy of finished runs', TABLE, reportLog, [
        `filter ispresent(${heldOutAccuracy('rise')})`,
        `stats ${LATEST_ACCURACIES} by runId`,
      ]),
    );
    dashboard.addWidgets(...props.queues.map((queue) => cost(queue, jobEventLog)));
    dashboard.addWidgets(
      new cloudwatch.GraphWidget({
        title: 'Runs',
        width: 12,
        left: [
          stateMachine.metricStarted(),
          stateMachine.metricSucceeded(),
          stateMachine.metricFailed(),
          stateMachine.metricAborted(),
        ],
      }),
      new cloudwatch.AlarmStatusWidget({ title: 'Alarms', width: 12, alarms }),
    );

    new CfnOutput(Stack.of(this), 'DashboardName', { value: dashboard.dashboardName });
  }
}

/** The last attempt of each job counts. An array's parent has a size and no instance; its children have an index. */
function cost({ title, jobQueueArn, hourUsd }: PricedQueue, jobEventLog: logs.ILogGroup): cloudwatch.LogQueryWidget {
  const hours = 'sum((detail.stoppedAt - detail.startedAt) / 3600000)';
  const usd = hourUsd === undefined ? '' : `, ${hours} * ${hourUsd} as usd`;
  return query(hourUsd === undefined ? title : `${title}, at ${hourUsd} USD an hour`, TABLE, jobEventLog, [
    `filter detail.jobQueue = "${jobQueueArn}"`,
    'filter ispresent(detail.startedAt) and not ispresent(detail.arrayProperties.size)',
    `stats ${hours} as gpuHours${usd} by detail.jobName`,
  ]);
}

function query(
  title: string,
  view: cloudwatch.LogQueryVisualizationType,
  logGroup: logs.ILogGroup,
  queryLines: string[],
): cloudwatch.LogQueryWidget {
  return new cloudwatch.LogQueryWidget({ title, view, width: 12, logGroupNames: [logGroup.logGroupName], queryLines });
}
