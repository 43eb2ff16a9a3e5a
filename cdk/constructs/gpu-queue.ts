import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../config.ts';
import { Ec2Hosts } from './ec2-hosts.ts';
import type { HostsProps } from './hosts.ts';
import { ManagedHosts } from './managed-hosts.ts';

export interface GpuQueueProps extends HostsProps {
  readonly hosts: DeploymentConfig['hosts'];
}

const { CANCEL } = batch.JobStateTimeLimitActionsAction;
const { INSUFFICIENT_INSTANCE_CAPACITY, JOB_RESOURCE_REQUIREMENT, COMPUTE_ENVIRONMENT_MAX_RESOURCE } =
  batch.JobStateTimeLimitActionsReason;

const HOSTS = { ec2: Ec2Hosts, 'managed-instances': ManagedHosts };

/** A Batch queue on GPU instances that are there only while jobs are. */
export class GpuQueue extends Construct {
  readonly jobQueue: batch.JobQueue;

  constructor(scope: Construct, id: string, { hosts, ...props }: GpuQueueProps) {
    super(scope, id);
    const { computeEnvironment } = new HOSTS[hosts](this, 'Hosts', props);
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
