import { Match } from 'aws-cdk-lib/assertions';
import { synthesise } from './support/stacks.ts';

const { pipeline } = synthesise({ hosts: 'managed-instances', idleMinutes: 30 });

describe('queues on ECS Managed Instances', () => {
  it('name instance types, market, network, disk and how long an idle instance stays; no launch template', () => {
    const environments = Object.values(pipeline.findResources('AWS::Batch::ComputeEnvironment'));
    expect(environments.map(({ Properties }) => Properties.ComputeResources)).toEqual(
      ['SPOT', 'ON_DEMAND'].map((capacityOptionType) =>
        expect.objectContaining({
          Type: 'ECS_MANAGED_INSTANCES',
          ManagedInstancesProvider: expect.objectContaining({
            InfrastructureOptimization: { ScaleInAfter: 1800 },
            InstanceLaunchTemplate: expect.objectContaining({
              CapacityOptionType: capacityOptionType,
              InstanceRequirements: { AllowedInstanceTypes: ['g6e.4xlarge', 'g6e.8xlarge'] },
              StorageConfiguration: { StorageSizeGiB: 60 },
            }),
          }),
        }),
      ),
    );
    pipeline.resourceCountIs('AWS::EC2::LaunchTemplate', 0);
  });

  it("let ECS hand the instance's role to instances, whatever its name", () => {
    pipeline.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'iam:PassRole' })] },
      Roles: [{ Ref: Match.stringLikeRegexp('RolloutQueueHostsInfrastructure') }],
    });
  });

  it('run the same container, told of its work by parameters', () => {
    pipeline.allResourcesProperties('AWS::Batch::JobDefinition', {
      PlatformCapabilities: ['MANAGED_INSTANCES'],
      ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true },
      EcsProperties: {
        TaskProperties: [
          Match.objectLike({
            NetworkMode: 'host',
            Containers: [Match.objectLike({ Command: ['Ref::stage', 'Ref::input'], ReadonlyRootFilesystem: true })],
          }),
        ],
      },
    });
    const [machine] = Object.values(pipeline.findResources('AWS::StepFunctions::StateMachine'));
    const text: string = machine.Properties.DefinitionString['Fn::Join'][1]
      .map((part: unknown) => (typeof part === 'string' ? part : ''))
      .join('');
    const { TrainSft } = JSON.parse(text).States;
    expect(TrainSft.Parameters).toMatchObject({
      Parameters: { stage: 'train-sft', 'input.$': 'States.JsonToString($)' },
    });
    expect(text).not.toContain('ContainerOverrides');
  });
});
