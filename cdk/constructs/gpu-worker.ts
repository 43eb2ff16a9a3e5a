import { Size, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { JOB_ATTEMPTS, RETRIED_EXIT_CODES } from '../../src/schema/job-attempts.ts';
import { JOB_ACCESS } from '../../src/schema/stages.ts';
import { grantStoreAccess } from './store-access.ts';

export interface GpuWorkerProps {
  readonly image: ecs.ContainerImage;
  readonly dataBucket: s3.IBucket;
  readonly logGroup: logs.ILogGroup;
}

export interface JobSize {
  readonly vcpus: number;
  readonly memoryGiB: number;
}

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
  define(id: string, size: JobSize): batch.EcsJobDefinition {
    return new batch.EcsJobDefinition(this, id, {
      container: this.container(`${id}Container`, size),
      retryAttempts: JOB_ATTEMPTS,
      // Failures that match nothing are retried, so the list ends with all of them. A reclaimed instance shows by its
      // reason or, where the worker heeded SIGTERM before it went away, by the worker's exit code.
      retryStrategies: [
        ...RETRIED_EXIT_CODES.map((code) =>
          batch.RetryStrategy.of(batch.Action.RETRY, batch.Reason.custom({ onExitCode: String(code) })),
        ),
        batch.RetryStrategy.of(batch.Action.RETRY, batch.Reason.SPOT_INSTANCE_RECLAIMED),
        batch.RetryStrategy.of(batch.Action.EXIT, batch.Reason.custom({ onReason: '*' })),
      ],
      propagateTags: true,
      // An execution that is going on names the revision it began with.
      skipDeregisterOnUpdate: true,
    });
  }

  private container(id: string, { vcpus, memoryGiB }: JobSize): batch.EcsEc2ContainerDefinition {
    const { image, dataBucket, logGroup } = this.props;
    const linuxParameters = new batch.LinuxParameters(this, `${id}Linux`, { sharedMemorySize: Size.gibibytes(8) });
    linuxParameters.addTmpfs({ containerPath: '/tmp', size: Size.gibibytes(1) });
    return new batch.EcsEc2ContainerDefinition(this, id, {
      image,
      cpu: vcpus,
      memory: Size.gibibytes(memoryGiB),
      gpu: 1,
      jobRole: this.jobRole,
      executionRole: this.executionRole,
      // On EC2 a container does not learn its region.
      environment: { RISE_STORE: dataBucket.s3UrlForObject(), AWS_REGION: Stack.of(this).region },
      logging: ecs.LogDriver.awsLogs({ logGroup, streamPrefix: 'gpu-worker' }),
      readonlyRootFilesystem: true,
      linuxParameters,
    });
  }
}
