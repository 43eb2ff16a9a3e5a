import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type * as batch from 'aws-cdk-lib/aws-batch';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { chosenOf } from '../src/schema/deployment-config.ts';
import type { JobQueue } from '../src/schema/stage.ts';
import { FUNCTION_NAMES, type FunctionName, limitsOf } from '../src/schema/stages.ts';
import { rentedBy, rentUsd } from '../src/sizing/rented-instance.ts';
import type { DeploymentConfig } from './config.ts';
import { Alarms } from './constructs/alarms.ts';
import { Budget } from './constructs/budget.ts';
import { Dashboard, type PricedQueue } from './constructs/dashboard.ts';
import { GpuQueue } from './constructs/gpu-queue.ts';
import { GpuWorker } from './constructs/gpu-worker.ts';
import { ImageBuild } from './constructs/image-build.ts';
import { JobEvents } from './constructs/job-events.ts';
import { grantModelAccess } from './constructs/model-access.ts';
import { Network } from './constructs/network.ts';
import { Notifications } from './constructs/notifications.ts';
import { RiseStateMachine } from './constructs/rise-state-machine.ts';
import { StageFunction } from './constructs/stage-function.ts';

export interface PipelineStackProps extends StackProps {
  readonly dataBucket: s3.IBucket;
  readonly workerImages: ecr.IRepository;
  readonly config: DeploymentConfig;
}

type StageFunctions = Record<FunctionName, lambda.Function>;

/** What an hour of a job on each queue is taken to cost: as chosen, or the listed price; undefined where neither is known. */
const hourUsdOf = (config: DeploymentConfig): Record<JobQueue, number | undefined> => ({
  rollout: config.rolloutHourUsd ?? rentUsd(rentedBy(config.rolloutInstanceTypes, config.rolloutSpot)),
  training: config.trainingHourUsd ?? rentUsd(rentedBy(config.trainingInstanceTypes, config.trainingSpot)),
});

/** The stateless part: network, GPU queues, Lambda stages, the state machine over them, and who hears of it. */
export class PipelineStack extends Stack {
  readonly riseStateMachine: RiseStateMachine;
  private readonly props: PipelineStackProps;

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    this.props = props;
    const { config, dataBucket, workerImages } = props;
    const jobLog = this.createLogGroup('JobLogs');
    const jobQueues = this.createQueues();
    const worker = new GpuWorker(this, 'GpuWorker', {
      workerImages,
      imageTag: config.imageTag,
      dataBucket,
      logGroup: jobLog,
      hosts: config.hosts,
    });
    const stageFunctions = this.createStageFunctions();
    this.riseStateMachine = new RiseStateMachine(this, 'StateMachine', {
      dataBucket,
      stageFunctions,
      jobDefinitions: {
        rollout: worker.define('Rollout', { vcpus: config.rolloutJobVcpus, memoryGiB: config.rolloutJobMemoryGiB }),
        training: worker.define('Training', { vcpus: config.trainingJobVcpus, memoryGiB: config.trainingJobMemoryGiB }),
      },
      jobQueues,
      jobInput: config.hosts === 'ec2' ? 'overrides' : 'parameters',
      logGroup: this.createLogGroup('ExecutionLogs', `/aws/vendedlogs/states/${this.stackName}-${this.stackNumber()}`),
    });
    const hourUsd = hourUsdOf(config);
    this.observe(stageFunctions, jobLog, [
      {
        title: 'Rollouts and evaluation',
        jobQueueArn: jobQueues.rollout.jobQueueArn,
        hourUsd: hourUsd.rollout,
      },
      { title: 'Training', jobQueueArn: jobQueues.training.jobQueueArn, hourUsd: hourUsd.training },
    ]);
    const { project } = new ImageBuild(this, 'ImageBuild', {
      dataBucket,
      workerImages,
      logGroup: this.createLogGroup('ImageBuildLogs'),
    });
    new CfnOutput(this, 'ImageBuildProject', { value: project.ref });
    new CfnOutput(this, 'Choices', { value: JSON.stringify(chosenOf(config)) });
    new CfnOutput(this, 'StateMachineArn', { value: this.riseStateMachine.stateMachine.stateMachineArn });
    if (hourUsd.rollout) new CfnOutput(this, 'RolloutHourUsd', { value: String(hourUsd.rollout) });
    if (hourUsd.training) new CfnOutput(this, 'TrainingHourUsd', { value: String(hourUsd.training) });
  }

  private createLogGroup(id: string, logGroupName?: string): logs.LogGroup {
    return new logs.LogGroup(this, id, { retention: this.props.config.logRetentionDays, logGroupName });
  }

  /** Part of the stack's id, another for each stack: a log group outlives its stack, and a name is taken once. */
  private stackNumber(): string {
    return Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', this.stackId))));
  }

  private createQueues(): Record<JobQueue, batch.IJobQueue> {
    const { config } = this.props;
    const network = new Network(this, 'Network', { config, logGroup: this.createLogGroup('FlowLogs') });
    const { hosts, volumeGiB, idleMinutes } = config;
    const instance = { network, hosts, volumeGiB, idleMinutes };
    const rollout = new GpuQueue(this, 'RolloutQueue', {
      ...instance,
      instanceTypes: config.rolloutInstanceTypes,
      spot: config.rolloutSpot,
      maxVcpus: config.rolloutMaxVcpus,
    });
    const training = new GpuQueue(this, 'TrainingQueue', {
      ...instance,
      instanceTypes: config.trainingInstanceTypes,
      spot: config.trainingSpot,
      maxVcpus: config.trainingMaxVcpus,
    });
    return { rollout: rollout.jobQueue, training: training.jobQueue };
  }

  private createStageFunctions(): StageFunctions {
    const { dataBucket, config } = this.props;
    const { logRetentionDays } = config;
    const functions = FUNCTION_NAMES.map((name) => [
      name,
      new StageFunction(this, name, { name, dataBucket, logRetentionDays }).function,
    ]);
    const stageFunctions: StageFunctions = Object.fromEntries(functions);
    const instanceTypes = { rollout: config.rolloutInstanceTypes, training: config.trainingInstanceTypes };
    for (const name of ['validate', 'check-budget'] as const)
      stageFunctions[name].addEnvironment('RISE_INSTANCE_TYPES', JSON.stringify(instanceTypes));
    const { rollout, training } = hourUsdOf(config);
    for (const name of rollout && training ? (['check-budget', 'report'] as const) : [])
      stageFunctions[name].addEnvironment('RISE_HOUR_USD', JSON.stringify({ rollout, training }));
    grantModelAccess(stageFunctions.score, config.judgeModelIds);
    // Answers are verified by the rewards, and judges are among those.
    grantModelAccess(stageFunctions['consult-expert'], [
      ...new Set([...config.expertModelIds, ...config.judgeModelIds]),
    ]);
    return stageFunctions;
  }

  private observe(stageFunctions: StageFunctions, jobLog: logs.ILogGroup, queues: PricedQueue[]): void {
    const { config } = this.props;
    const jobQueueArns = queues.map(({ jobQueueArn }) => jobQueueArn);
    const { stateMachine } = this.riseStateMachine;
    const notifications = new Notifications(this, 'Notifications', { email: config.notificationEmail });
    const { topic } = notifications;
    new CfnOutput(this, 'NotificationsTopicArn', { value: topic.topicArn });
    notifications.onFailedExecutions(stateMachine.stateMachineArn);
    notifications.onBlockedQueues(jobQueueArns);
    new Budget(this, 'Budget', { monthlyUsd: config.monthlyBudgetUsd, scope: config.budgetScope, topic });
    const { alarms } = new Alarms(this, 'Alarms', {
      stateMachine,
      stageFunctions: Object.values(stageFunctions),
      onceFunctions: FUNCTION_NAMES.filter((name) => limitsOf(name).nextAttempt !== 'goes-on').map(
        (name) => stageFunctions[name],
      ),
      topic,
    });
    new Dashboard(this, 'Dashboard', {
      stateMachine,
      alarms,
      scoringLog: stageFunctions.score.logGroup,
      reportLog: stageFunctions.report.logGroup,
      jobLog,
      queues,
      jobEventLog: new JobEvents(this, 'JobEvents', { jobQueueArns, retention: config.logRetentionDays }).logGroup,
    });
  }
}
