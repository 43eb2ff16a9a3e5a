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

export interface GpuJobDefinitionProps {
  readonly image: ecs.ContainerImage;
  readonly dataBucket: s3.IBucket;
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly logGroup: logs.ILogGroup;
}

/** One image for every GPU stage, on one GPU, with the bucket as its store. */
export class GpuJobDefinition extends Construct {
  readonly jobDefinition: batch.EcsJobDefinition;

  constructor(scope: Construct, id: string, props: GpuJobDefinitionProps) {
    super(scope, id);
    const jobRole = new iam.Role(this, 'JobRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    grantStoreAccess(props.dataBucket, jobRole, JOB_ACCESS);
    const memory = Size.gibibytes(props.memoryGiB);
    const linuxParameters = new batch.LinuxParameters(this, 'Linux', { sharedMemorySize: Size.gibibytes(8) });
    linuxParameters.addTmpfs({ containerPath: '/tmp', size: Size.gibibytes(1) });
    this.jobDefinition = new batch.EcsJobDefinition(this, 'Resource', {
      container: new batch.EcsEc2ContainerDefinition(this, 'Container', {
        image: props.image,
        cpu: props.vcpus,
        memory,
        gpu: 1,
        jobRole,
        // On EC2 a container does not learn its region.
        environment: { RISE_STORE: props.dataBucket.s3UrlForObject(), AWS_REGION: Stack.of(this).region },
        logging: ecs.LogDriver.awsLogs({ logGroup: props.logGroup, streamPrefix: 'gpu-worker' }),
        readonlyRootFilesystem: true,
        linuxParameters,
      }),
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
    });
  }
}
