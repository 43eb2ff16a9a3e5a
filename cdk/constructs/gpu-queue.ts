import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { STOP_GRACE_SECONDS } from '../../src/schema/job-attempts.ts';
import type { Network } from './network.ts';

export interface GpuQueueProps {
  readonly network: Network;
  readonly instanceTypes: string[];
  /** Cheaper, and reclaimed at times: for work that starts again in pieces. */
  readonly spot: boolean;
  readonly maxVcpus: number;
  readonly volumeGiB: number;
}

const { CANCEL } = batch.JobStateTimeLimitActionsAction;
const { INSUFFICIENT_INSTANCE_CAPACITY, JOB_RESOURCE_REQUIREMENT, COMPUTE_ENVIRONMENT_MAX_RESOURCE } =
  batch.JobStateTimeLimitActionsReason;

/** A Batch queue on GPU instances that are there only while jobs are. */
export class GpuQueue extends Construct {
  readonly jobQueue: batch.JobQueue;

  constructor(scope: Construct, id: string, props: GpuQueueProps) {
    super(scope, id);
    const launchTemplate = this.createLaunchTemplate(props.volumeGiB);
    const computeEnvironment = new batch.ManagedEc2EcsComputeEnvironment(this, 'Compute', {
      vpc: props.network.vpc,
      vpcSubnets: props.network.jobSubnets,
      securityGroups: [props.network.jobSecurityGroup],
      instanceTypes: props.instanceTypes.map((type) => new ec2.InstanceType(type)),
      useOptimalInstanceClasses: false,
      images: [{ imageType: batch.EcsMachineImageType.ECS_AL2023_NVIDIA }],
      launchTemplate,
      spot: props.spot,
      allocationStrategy: props.spot
        ? batch.AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
        : batch.AllocationStrategy.BEST_FIT_PROGRESSIVE,
      minvCpus: 0,
      maxvCpus: props.maxVcpus,
    });
    // Else Batch takes the template's default version: the first, whatever is changed later.
    (computeEnvironment.node.defaultChild as batch.CfnComputeEnvironment).addPropertyOverride(
      'ComputeResources.LaunchTemplate.Version',
      launchTemplate.latestVersionNumber,
    );
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

  /** An encrypted disk with room for a model; instance metadata that containers cannot reach. */
  private createLaunchTemplate(volumeGiB: number): ec2.LaunchTemplate {
    return new ec2.LaunchTemplate(this, 'Instance', {
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      userData: agentSettings(),
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(volumeGiB, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
  }
}

/**
 * A reclaimed instance stops its containers as soon as it is told (the agent's default is not to), and they have almost all
 * of the two minutes that are left, instead of 30 s, to write a checkpoint. Batch takes user data in MIME parts only.
 */
function agentSettings(): ec2.UserData {
  const script = ec2.UserData.forLinux();
  script.addCommands(
    'echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config',
    `echo ECS_CONTAINER_STOP_TIMEOUT=${STOP_GRACE_SECONDS}s >> /etc/ecs/ecs.config`,
  );
  const parts = new ec2.MultipartUserData();
  parts.addUserDataPart(script, ec2.MultipartBody.SHELL_SCRIPT);
  return parts;
}
