import { Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { HostsProps } from './hosts.ts';

/**
 * Instances that ECS begins, patches and ends (Batch on ECS Managed Instances): no image, no launch template and no host
 * settings of this project. Fields: Batch's guide, "Compute environments on Amazon ECS Managed Instances".
 */
export class ManagedHosts extends Construct {
  readonly computeEnvironment: batch.IComputeEnvironment;

  constructor(scope: Construct, id: string, props: HostsProps) {
    super(scope, id);
    const { vpc, jobSubnets, jobSecurityGroup } = props.network;
    const instances = new iam.InstanceProfile(this, 'Instance', {
      role: this.role('InstanceRole', 'ec2', 'AmazonECSInstanceRolePolicyForManagedInstances'),
    });
    const infrastructure = this.role('Infrastructure', 'ecs', 'AmazonECSInfrastructureRolePolicyForManagedInstances');
    // AWS's policy hands over only roles whose names begin with ecsInstanceRole.
    instances.role?.grantPassRole(infrastructure);
    const environment = new batch.CfnComputeEnvironment(this, 'Compute', {
      type: 'MANAGED',
      computeResources: {
        type: 'ECS_MANAGED_INSTANCES',
        maxvCpus: props.maxVcpus,
        managedInstancesProvider: {
          infrastructureRoleArn: infrastructure.roleArn,
          propagateTags: 'CAPACITY_PROVIDER',
          instanceLaunchTemplate: {
            ec2InstanceProfileArn: instances.instanceProfileArn,
            capacityOptionType: props.spot ? 'SPOT' : 'ON_DEMAND',
            instanceRequirements: { allowedInstanceTypes: props.instanceTypes },
            networkConfiguration: {
              subnets: vpc.selectSubnets(jobSubnets).subnetIds,
              securityGroups: [jobSecurityGroup.securityGroupId],
            },
            storageConfiguration: { storageSizeGiB: props.volumeGiB },
          },
          ...(props.idleMinutes && { infrastructureOptimization: { scaleInAfter: props.idleMinutes * 60 } }),
        },
      },
    });
    const arn = environment.attrComputeEnvironmentArn;
    this.computeEnvironment = batch.ManagedEc2EcsComputeEnvironment.fromManagedEc2EcsComputeEnvironmentArn(
      this,
      'Imported',
      arn,
    );
  }

  private role(id: string, service: 'ec2' | 'ecs', policy: string): iam.Role {
    const arn = `arn:${Stack.of(this).partition}:iam::aws:policy/${policy}`;
    return new iam.Role(this, id, {
      assumedBy: new iam.ServicePrincipal(`${service}.amazonaws.com`),
      managedPolicies: [iam.ManagedPolicy.fromManagedPolicyArn(this, policy, arn)],
    });
  }
}
