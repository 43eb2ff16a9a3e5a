import { readDeploymentConfig } from '../../cdk/config.ts';
import { anApp, lifecycleRules, roleStatements, synthesise } from './support/stacks.ts';

const read = (context: Record<string, unknown>) => readDeploymentConfig(anApp(context).node);

describe('deployment context', () => {
  it('has a default or may be absent, and says what it is for', () => {
    const config = read({});
    expect(config).toMatchObject({ network: 'public', rolloutSpot: true, trainingSpot: false, logRetentionDays: 90 });
  });

  it('reads the same from the command line, where all is text, and from a file', () => {
    const text = { rolloutSpot: 'false', endpointZones: '2', trainingInstanceTypes: 'p5.4xlarge, g6e.8xlarge' };
    const file = { rolloutSpot: false, endpointZones: 2, trainingInstanceTypes: ['p5.4xlarge', 'g6e.8xlarge'] };
    expect(read(text)).toEqual(read(file));
    expect(read(text)).toMatchObject(file);
  });

  it.each([
    [{ rolloutMaxVcpus: 'many' }, 'context rolloutMaxVcpus is "many"; give a whole number'],
    [{ rolloutJobVcpus: 0 }, 'context rolloutJobVcpus is 0; give a whole number above 0'],
    [{ rolloutInstanceTypes: 'g6e' }, 'such as g6e.4xlarge,g6e.8xlarge'],
    [{ rolloutSpot: 'yes' }, 'context rolloutSpot is "yes"; give true or false'],
    [{ logRetentionDays: 42 }, 'context logRetentionDays is 42; give one of 1, 3, 5, 7, 14, 30'],
    [{ network: 'nat' }, 'context network is "nat"; give isolated or public'],
    [{ removalPolicy: 'snapshot' }, 'give retain or destroy'],
    [{ vpcId: 'mine' }, 'context vpcId is "mine"; give an id such as vpc-0123456789abcdef0'],
    [{ vpcId: 'vpc-0123456789abcdef0' }, 'give vpcId and subnetIds together, or neither'],
    [{ vpcId: 'vpc-0123456789abcdef0', subnetIds: 'a,b' }, 'such as subnet-0123456789abcdef0'],
    [{ notificationEmail: 'me' }, 'context notificationEmail is "me"; give one e-mail address'],
    [{ endpointZones: 3 }, 'give 1 or 2'],
    [{ trainingStateRetentionDays: 1 }, 'context trainingStateRetentionDays is 1; give at least 7'],
    [{ runRetentionDays: 30 }, 'context runRetentionDays is 30; give more days than coldAfterDays'],
    [{ trajectoryRetentionDays: 7 }, 'context trajectoryRetentionDays is 7; give more days than coldAfterDays'],
    [{ rolloutHourUsd: 'cheap' }, 'context rolloutHourUsd is "cheap"; give a price in USD'],
    [{ judgeModelIds: '*' }, 'context judgeModelIds is "*"; give model ids separated by commas'],
  ])('refuses %j', (context, message) => {
    expect(() => read(context)).toThrow(message);
  });

  it('names every fault at once', () => {
    expect(() => read({ rolloutJobVcpus: 'x', network: 'y' })).toThrow(/network.*\n.*rolloutJobVcpus/);
  });
});

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('what an account chooses', () => {
  const { app, data, pipeline } = synthesise({
    rolloutSpot: false,
    trainingSpot: true,
    trainingMaxVcpus: 64,
    notificationEmail: 'someone@example.com',
    removalPolicy: 'destroy',
    runRetentionDays: 365,
    trajectoryRetentionDays: 90,
    trainingHourUsd: 4.5,
    rolloutInstanceTypes: 'p4d.24xlarge',
    imageTag: DIGEST,
    judgeModelIds: 'amazon.nova-lite-v1:0',
    expertModelIds: 'eu.anthropic.claude-sonnet-4-5-v1:0',
    logRetentionDays: 30,
    monthlyBudgetUsd: 50,
  });

  it('reaches the templates', () => {
    const environments = Object.values(pipeline.findResources('AWS::Batch::ComputeEnvironment'));
    const resources = environments.map(({ Properties }) => Properties.ComputeResources);
    expect(resources.map(({ Type, MaxvCpus }) => [Type, MaxvCpus])).toEqual([
      ['EC2', 128],
      ['SPOT', 64],
    ]);
    pipeline.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'someone@example.com' });
    pipeline.hasResourceProperties('AWS::Budgets::Budget', { Budget: { BudgetLimit: { Amount: 50 } } });
    pipeline.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    data.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    expect(lifecycleRules(data)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Prefix: 'runs/', ExpirationInDays: 365 }),
        expect.objectContaining({ Prefix: 'trajectories/', ExpirationInDays: 90 }),
      ]),
    );
    expect(JSON.stringify(pipeline.findResources('AWS::CloudWatch::Dashboard'))).toContain('* 4.5 as usd');
    pipeline.hasOutput('TrainingHourUsd', { Value: '4.5' });
  });

  it('has jobs run the image of a digest', () => {
    const definitions = Object.values(pipeline.findResources('AWS::Batch::JobDefinition'));
    const images = definitions.map(({ Properties }) => JSON.stringify(Properties.ContainerProperties.Image));
    expect(images).toHaveLength(2);
    for (const image of images) expect(image).toMatch(new RegExp(`@${DIGEST}"`));
  });

  it('tells hours without a price where nobody knows one', () => {
    const dashboard = JSON.stringify(pipeline.findResources('AWS::CloudWatch::Dashboard'));
    expect(dashboard.match(/as gpuHours(,| by detail.jobName)/g)).toEqual([
      'as gpuHours by detail.jobName',
      'as gpuHours,',
    ]);
    expect(pipeline.findOutputs('RolloutHourUsd')).toEqual({});
  });

  it('may be models, which the stages that need them may call, and no other: who verifies an answer may ask judges', () => {
    const calls = roleStatements(pipeline).filter(({ actions }) => actions.includes('bedrock:InvokeModel'));
    expect(calls.map(({ role, actions, resources }) => [role.replace(/Role.*/, ''), actions, resources])).toEqual([
      [
        'score',
        ['bedrock:InvokeModel'],
        [expect.stringMatching(/:bedrock:\{"Ref":"AWS::Region"\}::foundation-model\/amazon\.nova-lite-v1:0$/)],
      ],
      [
        'consultexpert',
        ['bedrock:InvokeModel'],
        [
          expect.stringMatching(/:inference-profile\/eu\.anthropic\.claude-sonnet-4-5-v1:0$/),
          expect.stringMatching(/::foundation-model\/amazon\.nova-lite-v1:0$/),
        ],
      ],
      [
        'consultexpert',
        ['bedrock:InvokeModel'],
        [expect.stringMatching(/:bedrock:\*::foundation-model\/anthropic\.claude-sonnet-4-5-v1:0$/)],
      ],
    ]);
    expect(() => app.synth()).not.toThrow();
  });

  it('may be a VPC that is there already', () => {
    const subnetIds = ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'];
    const existing = synthesise({ vpcId: 'vpc-0123456789abcdef0', subnetIds: subnetIds.join(',') }).pipeline;
    for (const type of ['VPC', 'Subnet', 'VPCEndpoint']) existing.resourceCountIs(`AWS::EC2::${type}`, 0);
    existing.allResourcesProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { Subnets: subnetIds } });
  });
});
