import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { packageRoot } from '../../src/base/package-root.ts';
import { EXIT_CODES, JOB_ATTEMPTS, STOP_GRACE_SECONDS } from '../../src/schema/job-attempts.ts';
import { synthesise } from './support/stacks.ts';

const { pipeline } = synthesise();

describe('GPU jobs', () => {
  it('are begun again when they were stopped or their spot instance was reclaimed, and after no other failure', () => {
    pipeline.hasResourceProperties('AWS::Batch::JobDefinition', {
      RetryStrategy: {
        Attempts: JOB_ATTEMPTS,
        EvaluateOnExit: [
          { Action: 'RETRY', OnExitCode: String(EXIT_CODES.interrupted) },
          Match.objectLike({ Action: 'RETRY', OnStatusReason: 'Host EC2*' }),
          { Action: 'EXIT', OnReason: '*' },
        ],
      },
    });
  });

  it('cannot write to anything but /tmp', () => {
    pipeline.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: {
        ReadonlyRootFilesystem: true,
        LinuxParameters: Match.objectLike({ Tmpfs: [Match.objectLike({ ContainerPath: '/tmp' })] }),
      },
    });
  });

  it('go on with the revision they began with when another is deployed', () => {
    pipeline.allResourcesProperties('AWS::Batch::JobDefinition', {
      ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true },
    });
  });
});

describe('a GPU instance', () => {
  const templates = Object.values(pipeline.findResources('AWS::EC2::LaunchTemplate'));
  const userData = templates.map(({ Properties }) =>
    Properties.LaunchTemplateData.UserData['Fn::Base64']['Fn::Join'][1]
      .map((part: string | { 'Fn::Base64': string }) => (typeof part === 'string' ? part : part['Fn::Base64']))
      .join(''),
  );
  const [rollout, training] = userData;

  it('gives a container that is to stop the time to write a checkpoint', () => {
    expect(templates).toHaveLength(2);
    for (const text of userData) {
      expect(text).toContain('multipart/mixed');
      expect(text).toContain('ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config');
      expect(text).toContain(`ECS_CONTAINER_STOP_TIMEOUT=${STOP_GRACE_SECONDS}s >> /etc/ecs/ecs.config`);
    }
    expect(STOP_GRACE_SECONDS).toBeLessThan(120);
  });

  it("closes the metadata service and the agent's own port to the user that the image runs as", () => {
    const dockerfile = readFileSync(join(packageRoot, 'containers/gpu-worker/Dockerfile'), 'utf8');
    const [, user] = dockerfile.match(/^USER (\d+)/m)!;
    for (const text of userData) {
      for (const destination of ['169.254.169.254/32', '127.0.0.1/32 --protocol tcp --destination-port 51678']) {
        expect(text).toContain(
          `iptables --insert OUTPUT --destination ${destination} --match owner --uid-owner ${user} --jump REJECT`,
        );
      }
    }
  });

  it('waits for the spot notice where there is one', () => {
    const program = readFileSync(join(packageRoot, 'cdk/host/forward-spot-notice.sh'), 'utf8');
    expect(rollout).toContain(program.trimEnd());
    expect(rollout).toContain('systemctl enable --now --no-block forward-spot-notice.service');
    expect(training).not.toContain('forward-spot-notice');
  });

  it('takes the image that AWS recommends at each deployment', () => {
    const image = Object.entries(pipeline.findParameters('*')).find(([, { Default }]) =>
      String(Default).startsWith('/aws/service/ecs/optimized-ami/'),
    )!;
    expect(image[1].Type).toBe('AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>');
    pipeline.allResourcesProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: { Ec2Configuration: [{ ImageIdOverride: { Ref: image[0] } }] },
    });
  });

  it('is replaced at an update when its jobs have had three days to finish', () => {
    pipeline.allResourcesProperties('AWS::Batch::ComputeEnvironment', {
      UpdatePolicy: { JobExecutionTimeoutMinutes: 3 * 24 * 60, TerminateJobsOnUpdate: false },
    });
  });
});
