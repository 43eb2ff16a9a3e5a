import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './config.ts';
import { GpuJobDefinition } from './constructs/gpu-job-definition.ts';
import { GpuQueue } from './constructs/gpu-queue.ts';
import { RiseStateMachine } from './constructs/rise-state-machine.ts';
import { StageFunction } from './constructs/stage-function.ts';
import { STAGE_FUNCTION_NAMES, type StageFunctionName } from './stage-function-names.ts';

export interface PipelineStackProps extends StackProps {
  readonly dataBucket: s3.IBucket;
  readonly workerImages: ecr.IRepository;
  readonly config: DeploymentConfig;
}

const ENDPOINTS = {
  Ecr: ec2.InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Ecs: ec2.InterfaceVpcEndpointAwsService.ECS,
  EcsAgent: ec2.InterfaceVpcEndpointAwsService.ECS_AGENT,
  EcsTelemetry: ec2.InterfaceVpcEndpointAwsService.ECS_TELEMETRY,
};

/** The stateless part: network, GPU queues, Lambda stages and the state machine over them. */
export class PipelineStack extends Stack {
  readonly riseStateMachine: RiseStateMachine;

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    const { config, dataBucket, workerImages } = props;
    const vpc = this.createNetwork();
    const queue = { vpc, instanceTypes: config.gpuInstanceTypes, maxVcpus: config.maxVcpus };
    const logGroup = new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.THREE_MONTHS });
    const { jobDefinition } = new GpuJobDefinition(this, 'GpuWorker', {
      image: ecs.ContainerImage.fromEcrRepository(workerImages, config.imageTag),
      dataBucket,
      vcpus: config.jobVcpus,
      memoryGiB: config.jobMemoryGiB,
      logGroup,
    });
    this.riseStateMachine = new RiseStateMachine(this, 'StateMachine', {
      dataBucket,
      stageFunctions: this.createStageFunctions(dataBucket),
      gpuJobDefinition: jobDefinition,
      rolloutQueue: new GpuQueue(this, 'RolloutQueue', { ...queue, spot: true }).jobQueue,
      trainingQueue: new GpuQueue(this, 'TrainingQueue', { ...queue, spot: false }).jobQueue,
      logGroup,
    });
  }

  /** No way to the internet: what the jobs reach, they reach through endpoints. */
  private createNetwork(): ec2.IVpc {
    const vpc = new ec2.Vpc(this, 'Network', {
      natGateways: 0,
      subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    for (const [id, service] of Object.entries(ENDPOINTS)) vpc.addInterfaceEndpoint(id, { service });
    return vpc;
  }

  private createStageFunctions(dataBucket: s3.IBucket): Record<StageFunctionName, lambda.IFunction> {
    const functions = STAGE_FUNCTION_NAMES.map((name) => [
      name,
      new StageFunction(this, name, { name, dataBucket }).function,
    ]);
    return Object.fromEntries(functions);
  }
}
