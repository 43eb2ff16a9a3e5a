import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { GpuInstance } from './gpu-instance.ts';
import type { HostsProps } from './hosts.ts';
import { ATTEMPT_TIMEOUT } from './stage-job.ts';

/** AWS's newest for GPUs: a parameter of the template, which each deployment looks up. Batch itself never updates it. */
const RECOMMENDED_IMAGE = ec2.MachineImage.fromSsmParameter(
  '/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id',
);

/** EC2 instances that Batch begins and ends, with the settings that this project gives their hosts. */
export class Ec2Hosts extends Construct {
  readonly computeEnvironment: batch.IComputeEnvironment;

  constructor(scope: Construct, id: string, props: HostsProps) {
    super(scope, id);
    const { launchTemplate, role } = new GpuInstance(this, 'Instance', props);
    const environment = new batch.ManagedEc2EcsComputeEnvironment(this, 'Compute', {
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
    const resource = environment.node.defaultChild as batch.CfnComputeEnvironment;
    // Else Batch takes the template's default version: the first, whatever is changed later.
    resource.addPropertyOverride('ComputeResources.LaunchTemplate.Version', launchTemplate.latestVersionNumber);
    if (props.idleMinutes !== undefined) {
      resource.addPropertyOverride('ComputeResources.ScalingPolicy.MinScaleDownDelayMinutes', props.idleMinutes);
    }
    this.computeEnvironment = environment;
  }
}
