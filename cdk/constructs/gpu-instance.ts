import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { packageRoot } from '../../src/base/package-root.ts';
import { STOP_GRACE_SECONDS } from '../../src/schema/job-attempts.ts';

/** The user of the worker's image (`containers/gpu-worker/Dockerfile`), whom the host tells apart by this number. */
const WORKER_USER_ID = 10_001;

/** What the ECS agent asks of its service; images are pulled and logs written by the job's execution role. */
const AGENT_ACTIONS = [
  'ec2:DescribeTags',
  'ecs:DeregisterContainerInstance',
  'ecs:DiscoverPollEndpoint',
  'ecs:Poll',
  'ecs:RegisterContainerInstance',
  'ecs:StartTelemetrySession',
  'ecs:SubmitAttachmentStateChanges',
  'ecs:SubmitContainerStateChange',
  'ecs:SubmitTaskStateChange',
  'ecs:UpdateContainerInstancesState',
];

const SPOT_NOTICE_UNIT = `[Unit]
Description=SIGTERM to the containers when this spot instance is about to be reclaimed
After=docker.service

[Service]
ExecStart=/usr/local/sbin/forward-spot-notice
Restart=on-failure

[Install]
WantedBy=multi-user.target`;

export interface GpuInstanceProps {
  readonly volumeGiB: number;
  /** Reclaimed at times, with a notice two minutes ahead. */
  readonly spot: boolean;
}

/** What a queue's instances are begun with: a role for the ECS agent alone, an encrypted disk, the host's settings. */
export class GpuInstance extends Construct {
  readonly role: iam.Role;
  readonly launchTemplate: ec2.LaunchTemplate;

  constructor(scope: Construct, id: string, { volumeGiB, spot }: GpuInstanceProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    // Batch names the cluster, and the instances do not exist yet.
    this.role.addToPolicy(new iam.PolicyStatement({ actions: AGENT_ACTIONS, resources: ['*'] }));
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['ecs:TagResource'],
        resources: ['*'],
        conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterContainerInstance' } },
      }),
    );
    this.launchTemplate = new ec2.LaunchTemplate(this, 'Template', {
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      userData: hostSettings(spot),
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(volumeGiB, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
  }
}

/** Batch takes user data in MIME parts only. */
function hostSettings(spot: boolean): ec2.UserData {
  const script = ec2.UserData.forLinux();
  script.addCommands(...agentSettings(), ...closeHostTo(WORKER_USER_ID), ...(spot ? forwardSpotNotice() : []));
  const parts = new ec2.MultipartUserData();
  parts.addUserDataPart(script, ec2.MultipartBody.SHELL_SCRIPT);
  return parts;
}

/** A reclaimed instance gets no new job, and a container that is told to stop has almost two minutes instead of 30 s. */
const agentSettings = () => [
  'echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config',
  `echo ECS_CONTAINER_STOP_TIMEOUT=${STOP_GRACE_SECONDS}s >> /etc/ecs/ecs.config`,
];

/**
 * Batch's jobs share the host's network, so no hop limit keeps them from the instance's role. Nobody but they run under
 * this user; the credentials of their own role are at another address.
 */
function closeHostTo(userId: number): string[] {
  const reject = (destination: string) =>
    `iptables --insert OUTPUT --destination ${destination} --match owner --uid-owner ${userId} --jump REJECT`;
  return [reject('169.254.169.254/32'), reject('127.0.0.1/32 --protocol tcp --destination-port 51678')];
}

function forwardSpotNotice(): string[] {
  const program = readFileSync(join(packageRoot, 'cdk/host/forward-spot-notice.sh'), 'utf8').trimEnd();
  return [
    ...writeFile('/usr/local/sbin/forward-spot-notice', program),
    'chmod +x /usr/local/sbin/forward-spot-notice',
    ...writeFile('/etc/systemd/system/forward-spot-notice.service', SPOT_NOTICE_UNIT),
    // Docker starts after this script has ended, and the unit after Docker.
    'systemctl enable --now --no-block forward-spot-notice.service',
  ];
}

const writeFile = (path: string, text: string) => [`cat > ${path} <<'END_OF_FILE'`, text, 'END_OF_FILE'];
