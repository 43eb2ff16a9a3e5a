import { Match } from 'aws-cdk-lib/assertions';
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

  it('are stopped as soon as their instance is to go, with time to write a checkpoint', () => {
    const templates = Object.values(pipeline.findResources('AWS::EC2::LaunchTemplate'));
    expect(templates).toHaveLength(2);
    for (const { Properties } of templates) {
      const userData = JSON.stringify(Properties.LaunchTemplateData.UserData);
      expect(userData).toContain('multipart/mixed');
      expect(userData).toContain('ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config');
      expect(userData).toContain(`ECS_CONTAINER_STOP_TIMEOUT=${STOP_GRACE_SECONDS}s >> /etc/ecs/ecs.config`);
    }
    expect(STOP_GRACE_SECONDS).toBeLessThan(120);
  });
});
