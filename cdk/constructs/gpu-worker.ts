import { Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { JOB_ATTEMPTS, RETRIED_EXIT_CODES } from '../../src/schema/job-attempts.ts';
import { JOB_ACCESS } from '../../src/schema/stages.ts';
import type { DeploymentConfig } from '../config.ts';
import { grantStoreAccess } from './store-access.ts';

export interface GpuWorkerProps {
  readonly workerImages: ecr.IRepository;
  readonly imageTag: string;
  readonly dataBucket: s3.IBucket;
  readonly logGroup: logs.ILogGroup;
  readonly hosts: DeploymentConfig['hosts'];
}

export interface JobSize {
  readonly vcpus: number;
  readonly memoryGiB: number;
}

const SHARED_MEMORY = Size.gibibytes(8);
const TMPFS = { containerPath: '/tmp', size: Size.gibibytes(1) };
const STREAM_PREFIX = 'gpu-worker';

/** Of a job that is told of its work by parameters: the stage and its input (`containers/gpu-worker/main.ts`). */
const COMMAND = ['Ref::stage', 'Ref::input'];

/**
 * By which Batch begins a job again. Failures that match nothing would be, so the list ends with all of them. A reclaimed
 * instance shows by its reason or, where the worker heeded SIGTERM before it went away, by the worker's exit code.
 */
const RETRY_RULES: ({ action: 'RETRY' | 'EXIT' } & batch.CustomReason)[] = [
  ...RETRIED_EXIT_CODES.map((code) => ({ action: 'RETRY' as const, onExitCode: String(code) })),
  { action: 'RETRY', onStatusReason: 'Host EC2*' },
  { action: 'EXIT', onReason: '*' },
];

/** One image and one role for every GPU stage, on one GPU, with the bucket as its store. */
export class GpuWorker extends Construct {
  private readonly props: GpuWorkerProps;
  private readonly jobRole: iam.Role;
  private readonly executionRole: iam.Role;

  constructor(scope: Construct, id: string, props: GpuWorkerProps) {
    super(scope, id);
    this.props = props;
    const assumedBy = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');
    this.jobRole = new iam.Role(this, 'JobRole', { assumedBy });
    this.executionRole = new iam.Role(this, 'ExecutionRole', { assumedBy });
    grantStoreAccess(props.dataBucket, this.jobRole, JOB_ACCESS);
  }

  /** The definition of jobs of this size. */
  define(id: string, size: JobSize): batch.IJobDefinition {
    return this.props.hosts === 'ec2' ? this.defineOnEc2(id, size) : this.defineOnManaged(id, size);
  }

  private defineOnEc2(id: string, size: JobSize): batch.EcsJobDefinition {
    return new batch.EcsJobDefinition(this, id, {
      container: this.container(`${id}Container`, size),
      retryAttempts: JOB_ATTEMPTS,
      retryStrategies: RETRY_RULES.map(({ action, ...reason }) =>
        batch.RetryStrategy.of(batch.Action[action], batch.Reason.custom(reason)),
      ),
      propagateTags: true,
      // An execution that is going on names the revision it began with.
      skipDeregisterOnUpdate: true,
    });
  }

  private container(id: string, { vcpus, memoryGiB }: JobSize): batch.EcsEc2ContainerDefinition {
    const { workerImages, imageTag, logGroup } = this.props;
    const linuxParameters = new batch.LinuxParameters(this, `${id}Linux`, { sharedMemorySize: SHARED_MEMORY });
    linuxParameters.addTmpfs(TMPFS);
    return new batch.EcsEc2ContainerDefinition(this, id, {
      image: ecs.ContainerImage.fromEcrRepository(workerImages, imageTag),
      cpu: vcpus,
      memory: Size.gibibytes(memoryGiB),
      gpu: 1,
      jobRole: this.jobRole,
      executionRole: this.executionRole,
      environment: this.environment(),
      logging: ecs.LogDriver.awsLogs({ logGroup, streamPrefix: STREAM_PREFIX }),
      readonlyRootFilesystem: true,
      linuxParameters,
    });
  }

  /** The same job as ECS's own properties, the one form that ECS Managed Instances take; CDK has no construct for it. */
  private defineOnManaged(id: string, { vcpus, memoryGiB }: JobSize): batch.IJobDefinition {
    const { workerImages, imageTag, logGroup } = this.props;
    workerImages.grantPull(this.executionRole);
    logGroup.grantWrite(this.executionRole);
    const definition = new batch.CfnJobDefinition(this, id, {
      type: 'container',
      platformCapabilities: ['MANAGED_INSTANCES'],
      parameters: { stage: 'health', input: '{}' },
      ecsProperties: {
        taskProperties: [
          {
            networkMode: 'host',
            executionRoleArn: this.executionRole.roleArn,
            taskRoleArn: this.jobRole.roleArn,
            containers: [
              {
                name: 'worker',
                essential: true,
                image: workerImages.repositoryUriForTagOrDigest(imageTag),
                command: COMMAND,
                environment: Object.entries(this.environment()).map(([name, value]) => ({ name, value })),
                resourceRequirements: [
                  { type: 'MEMORY', value: String(Size.gibibytes(memoryGiB).toMebibytes()) },
                  { type: 'VCPU', value: String(vcpus) },
                  { type: 'GPU', value: '1' },
                ],
                logConfiguration: {
                  logDriver: 'awslogs',
                  options: {
                    'awslogs-group': logGroup.logGroupName,
                    'awslogs-region': Stack.of(this).region,
                    'awslogs-stream-prefix': STREAM_PREFIX,
                  },
                },
                readonlyRootFilesystem: true,
                linuxParameters: {
                  sharedMemorySize: SHARED_MEMORY.toMebibytes(),
                  tmpfs: [{ containerPath: TMPFS.containerPath, size: TMPFS.size.toMebibytes() }],
                },
              },
            ],
          },
        ],
      },
      retryStrategy: { attempts: JOB_ATTEMPTS, evaluateOnExit: RETRY_RULES },
      propagateTags: true,
      resourceRetentionPolicy: { skipDeregisterOnUpdate: true },
    });
    return batch.EcsJobDefinition.fromJobDefinitionArn(this, `${id}Imported`, definition.ref);
  }

  /** On EC2 a container does not learn its region. */
  private environment(): Record<string, string> {
    return { RISE_STORE: this.props.dataBucket.s3UrlForObject(), AWS_REGION: Stack.of(this).region };
  }
}
