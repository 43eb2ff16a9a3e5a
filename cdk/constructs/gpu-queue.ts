import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { GpuInstance } from './gpu-instance.ts';
import type { Network } from './network.ts';
import { ATTEMPT_TIMEOUT } from './stage-job.ts';

export interface GpuQueueProps {
  readonly network: Network;
  readonly instanceTypes: string[];
  /** Cheaper, and reclaimed at times: for work that starts again in pieces. */
  readonly spot: boolean;
  readonly maxVcpus: number;
  readonly volumeGiB: number;
  /** How long an instance without a job stays; Batch decides when absent. */
  readonly idleMinutes?: number;
}

const { CANCEL } = batch.JobStateTimeLimitActionsAction;
const { INSUFFICIENT_INSTANCE_CAPACITY, JOB_RESOURCE_REQUIREMENT, COMPUTE_ENVIRONMENT_MAX_RESOURCE } =
  batch.JobStateTimeLimitActionsReason;

/** AWS's newest for GPUs: a parameter of the template, which each deployment looks up. Batch itself never updates it. */
const RECOMMENDED_IMAGE = ec2.MachineImage.fromSsmParameter(
  '/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id',
);

/** A Batch queue on GPU instances that are there only while jobs are. */
export class GpuQueue extends Construct {
  readonly jobQueue: batch.JobQueue;

  constructor(scope: Construct, id: string, props: GpuQueueProps) {
    super(scope, id);
    const { launchTemplate, role } = new GpuInstance(this, 'Instance', props);
    const computeEnvironment = new batch.ManagedEc2EcsComputeEnvironment(this, 'Compute', {
      vpc: props.network.vpc,
      vpcSubnets: props.network.jobSubnets,
      securityGroups: [props.network.jobSecurityGroup],
      instanceTypes: props.instanceTypes.map((type) => new ec2.InstanceType(type)),
      useOptimalInstanceClasses: false,
      images: [{ imageType: batch.EcsMachineImageType.ECS_AL2023_NVIDIA, image: RECOMMENDED_IMAGE }],
      instanceRole: role,
      launchTemplate,
      // An update of the queue lets its jobs finish.
      updateTimeout: ATTEMPT_TIMEOUT,
      terminateOnUpdate: false,
      spot: props.spot,
      allocationStrategy: props.spot
        ? batch.AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
        : batch.AllocationStrategy.BEST_FIT_PROGRESSIVE,
      minvCpus: 0,
      maxvCpus: props.maxVcpus,
    });
    const resource = computeEnvironment.node.defaultChild as batch.CfnComputeEnvironment;
    // Else Batch takes the template's default version: the first, whatever is changed later.
    resource.addPropertyOverride('ComputeResources.LaunchTemplate.Version', launchTemplate.latestVersionNumber);
    if (props.idleMinutes !== undefined) {
      resource.addPropertyOverride('ComputeResources.ScalingPolicy.MinScaleDownDelayMinutes', props.idleMinutes);
    }
    this.jobQueue = new batch.JobQueue(this, 'Queue', {
      computeEnvironments: [{ computeEnvironment, order: 1 }],
      // A job that can never run, or for which no instance comes, ends instead of waiting for good.
      jobStateTimeLimitActions: [
        { action: CANCEL, maxTime: Duration.hours(24), reason: INSUFFICIENT_INSTANCE_CAPACITY },
        { action: CANCEL, maxTime: Duration.minutes(10), reason: JOB_RESOURCE_REQUIREMENT },
        { action: CANCEL, maxTime: Duration.minutes(10), reason: COMPUTE_ENVIRONMENT_MAX_RESOURCE },
      ],
    });
  }
}
