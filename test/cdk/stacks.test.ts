import { Match } from 'aws-cdk-lib/assertions';
import { SUPERSEDED_TRAINING_DAYS } from '../../src/forecast/assumptions.ts';
import { readDefinition } from '../../src/local/definition.ts';
import { FUNCTION_MEMORY_MIB } from '../../src/schema/stage.ts';
import { FUNCTION_NAMES } from '../../src/schema/stages.ts';
import { hourUsdOf } from '../../src/sizing/prices.ts';
import { lifecycleRules, synthesise } from './support/stacks.ts';

const { data, pipeline } = synthesise();
const isolated = synthesise({ network: 'isolated' }).pipeline;
const ZONES = ['us-east-1d', 'us-east-1a', 'us-east-1f'];
const chosen = synthesise({
  budgetScope: 'tag',
  availabilityZones: ZONES.join(),
  rolloutJobVcpus: 3,
  rolloutJobMemoryGiB: 24,
  idleMinutes: 20,
}).pipeline;

/** A definition with everything that names a resource of an account taken out. */
function anonymous(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(anonymous);
  if (typeof value !== 'object' || value === null) return value;
  const names = ['FunctionName', 'JobDefinition', 'JobQueue', 'Bucket'];
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, names.includes(key) ? '*' : anonymous(field)]),
  );
}

const propertiesOf = (template: typeof pipeline, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('the data stack', () => {
  it.each(['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::ECR::Repository'])(
    'retains its %s, but for one that a failed first deployment made',
    (type) => {
      data.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    },
  );

  it('keeps images as they were pushed, the newest ten', () => {
    const [{ ImageTagMutability, LifecyclePolicy }] = propertiesOf(data, 'AWS::ECR::Repository');
    expect(ImageTagMutability).toBe('IMMUTABLE');
    expect(JSON.parse(LifecyclePolicy.LifecyclePolicyText).rules[0].selection).toMatchObject({
      countType: 'imageCountMoreThan',
      countNumber: 10,
    });
  });

  it('keeps every version of an object under a rotating key, by bucket keys', () => {
    data.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
    });
    data.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  it('has no bucket that is public or reached without TLS', () => {
    data.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    data.resourceCountIs('AWS::S3::BucketPolicy', 2);
    data.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('moves old runs and trajectories to cheaper storage, deletes what was superseded, and no run', () => {
    const rules = lifecycleRules(data);
    expect(rules).toEqual([
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }),
      expect.objectContaining({ Prefix: 'builds/worker-source/', ExpirationInDays: 7 }),
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }),
      expect.objectContaining({
        Prefix: 'training/',
        ExpirationInDays: 14,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      }),
      ...['trajectories/', 'runs/'].map((Prefix) =>
        expect.objectContaining({
          Prefix,
          Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 30 }],
        }),
      ),
    ]);
    expect(rules.filter(({ ExpirationInDays }) => ExpirationInDays)).toHaveLength(2);
  });

  it('forgets what training deletes as soon as the simulator counts it', () => {
    const [training] = lifecycleRules(data).filter(({ Prefix }) => Prefix === 'training/');
    expect(training).toMatchObject({ NoncurrentVersionExpiration: { NoncurrentDays: SUPERSEDED_TRAINING_DAYS } });
  });
});

describe('the GPU queues', () => {
  it('keep no instance when there is nothing to do', () => {
    const resources = propertiesOf(pipeline, 'AWS::Batch::ComputeEnvironment').map((each) => each.ComputeResources);
    expect(resources.map(({ MinvCpus }) => MinvCpus)).toEqual([0, 0]);
    expect(resources.map(({ Type }) => Type)).toEqual(['SPOT', 'EC2']);
  });

  it('ask for what each is told, so that small models roll out on small instances', () => {
    const sizes = propertiesOf(chosen, 'AWS::Batch::JobDefinition').map(({ ContainerProperties }) =>
      ContainerProperties.ResourceRequirements.map(({ Value }: { Value: string }) => Value),
    );
    expect(sizes).toEqual([
      [String(24 * 1024), '3', '1'],
      [String(112 * 1024), '15', '1'],
    ]);
  });

  it('keep an idle instance only as long as they are told', () => {
    const policies = [pipeline, chosen].map((template) =>
      propertiesOf(template, 'AWS::Batch::ComputeEnvironment').map(
        ({ ComputeResources }) => ComputeResources.ScalingPolicy?.MinScaleDownDelayMinutes,
      ),
    );
    expect(policies).toEqual([
      [undefined, undefined],
      [20, 20],
    ]);
  });

  it('give up on jobs that can never run', () => {
    pipeline.allResourcesProperties('AWS::Batch::JobQueue', {
      JobStateTimeLimitActions: [{ MaxTimeSeconds: 86_400 }, { MaxTimeSeconds: 600 }, { MaxTimeSeconds: 600 }].map(
        Match.objectLike,
      ),
    });
  });

  it('run on encrypted disks, with instance metadata out of the containers reach', () => {
    pipeline.allResourcesProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        BlockDeviceMappings: [Match.objectLike({ Ebs: Match.objectLike({ Encrypted: true, VolumeSize: 60 }) })],
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      },
    });
  });
});

describe('the network', () => {
  it('costs nothing when idle: no NAT gateway, no endpoint but the free one of S3', () => {
    for (const type of ['NatGateway', 'EIP']) pipeline.resourceCountIs(`AWS::EC2::${type}`, 0);
    const endpoints = propertiesOf(pipeline, 'AWS::EC2::VPCEndpoint');
    expect(endpoints.map(({ VpcEndpointType }) => VpcEndpointType)).toEqual(['Gateway']);
  });

  it('lets nothing in, and nothing out but HTTPS', () => {
    for (const template of [pipeline, isolated]) {
      const [jobs] = propertiesOf(template, 'AWS::EC2::SecurityGroup');
      expect(jobs.SecurityGroupIngress).toBeUndefined();
      expect(jobs.SecurityGroupEgress).toEqual([
        expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }),
      ]);
    }
    pipeline.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    pipeline.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  it('has no way to the internet when isolated: S3 for free, six services through endpoints in one zone', () => {
    for (const type of ['InternetGateway', 'NatGateway', 'EIP']) isolated.resourceCountIs(`AWS::EC2::${type}`, 0);
    const endpoints = propertiesOf(isolated, 'AWS::EC2::VPCEndpoint');
    expect(endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway')).toHaveLength(1);
    const paid = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
    expect(paid.map(({ SubnetIds }) => SubnetIds.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('spans the zones that it is told, in their order', () => {
    const subnets = propertiesOf(chosen, 'AWS::EC2::Subnet');
    expect(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual(ZONES);
  });

  it('takes no keys but of this account to logs and repositories when isolated', () => {
    const guarded = propertiesOf(isolated, 'AWS::EC2::VPCEndpoint').filter(
      ({ VpcEndpointType, PolicyDocument }) => VpcEndpointType === 'Interface' && PolicyDocument,
    );
    expect(guarded.map(({ ServiceName }) => JSON.stringify(ServiceName).match(/ecr\.\w+|logs/)?.[0])).toEqual([
      'ecr.api',
      'ecr.dkr',
      'logs',
    ]);
    for (const { PolicyDocument } of guarded) {
      expect(PolicyDocument.Statement).toEqual([
        expect.objectContaining({ Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } } }),
      ]);
    }
  });

  it('takes nothing to a bucket of another account', () => {
    const [gateway] = propertiesOf(pipeline, 'AWS::EC2::VPCEndpoint').filter((each) => each.PolicyDocument);
    expect(gateway.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Condition: { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } } }),
      expect.objectContaining({ Action: 's3:GetObject' }),
    ]);
    expect(JSON.stringify(gateway.PolicyDocument.Statement[1].Resource)).toContain('starport-layer-bucket/*');
  });

  it('lets nothing into the endpoints but HTTPS from the jobs', () => {
    const groups = propertiesOf(isolated, 'AWS::EC2::SecurityGroup');
    expect(groups.flatMap(({ SecurityGroupIngress }) => SecurityGroupIngress ?? [])).toEqual([]);
    expect(propertiesOf(isolated, 'AWS::EC2::SecurityGroupIngress')).toEqual([
      expect.objectContaining({ FromPort: 443, ToPort: 443, SourceSecurityGroupId: expect.anything() }),
    ]);
  });
});

describe('the pipeline stack', () => {
  it('deploys the very machine that runs locally', () => {
    const [machine] = propertiesOf(pipeline, 'AWS::StepFunctions::StateMachine');
    const parts: unknown[] = machine.DefinitionString['Fn::Join'][1];
    const text = parts.map((part) => {
      if (typeof part === 'string') return part;
      return (part as { Ref?: string }).Ref === 'AWS::Partition' ? 'aws' : 'resource';
    });
    expect(anonymous(JSON.parse(text.join('')))).toEqual(anonymous(readDefinition()));
  });

  it('bounds what its maps run at once, and gives each child as long as a function may take', () => {
    const maps = Object.values(readDefinition().States).filter(({ Type }) => Type === 'Map');
    expect(maps.length).toBeGreaterThan(0);
    for (const { MaxConcurrency, ItemProcessor } of maps) {
      expect(MaxConcurrency).toBeGreaterThan(0);
      expect(MaxConcurrency).toBeLessThanOrEqual(100);
      expect(ItemProcessor?.ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' });
    }
    pipeline.allResourcesProperties('AWS::Lambda::Function', { Timeout: 900, MemorySize: FUNCTION_MEMORY_MIB });
  });

  it('runs every stage on Node 24 for arm64, with a role of its own and the store', () => {
    const functions = propertiesOf(pipeline, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(FUNCTION_NAMES.length);
    expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(FUNCTION_NAMES.length);
    pipeline.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Environment: { Variables: Match.objectLike({ RISE_STORE: Match.anyValue() }) },
    });
    pipeline.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: {
        Environment: [Match.objectLike({ Name: 'RISE_STORE' }), { Name: 'AWS_REGION', Value: { Ref: 'AWS::Region' } }],
      },
    });
  });

  it('keeps no log for ever, and takes none of the policies that an account has few of', () => {
    pipeline.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    pipeline.resourceCountIs('AWS::Logs::ResourcePolicy', 0);
    const named = propertiesOf(pipeline, 'AWS::Logs::LogGroup').filter(({ LogGroupName }) => LogGroupName);
    expect(named).toHaveLength(1);
    expect(JSON.stringify(named[0].LogGroupName)).toContain('/aws/vendedlogs/states/RisePipeline-');
  });

  it('waits for its turn where an account may call few functions at once, for half an hour', () => {
    const { Retry, TimeoutSeconds } = readDefinition().States.Publish;
    expect(Retry).toContainEqual(
      expect.objectContaining({
        ErrorEquals: ['Lambda.TooManyRequestsException'],
        ...{ MaxAttempts: 60, MaxDelaySeconds: 60, JitterStrategy: 'FULL' },
      }),
    );
    // A call that runs out of time says so itself before the state's time is over.
    expect(TimeoutSeconds).toBe(960);
  });

  it('tags everything that takes tags, instances among them', () => {
    pipeline.allResourcesProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: { Tags: { Project: 'metis-rise' } },
    });
    pipeline.allResourcesProperties('AWS::Batch::JobDefinition', {
      PropagateTags: true,
      Tags: { Project: 'metis-rise' },
    });
    const tag = { Tags: Match.arrayWith([{ Key: 'Project', Value: 'metis-rise' }]) };
    for (const type of ['Lambda::Function', 'StepFunctions::StateMachine', 'Logs::LogGroup', 'SNS::Topic', 'KMS::Key'])
      pipeline.allResourcesProperties(`AWS::${type}`, tag);
    data.allResourcesProperties('AWS::S3::Bucket', tag);
  });
});

describe('whoever watches', () => {
  it('hears of failed runs and blocked queues from the encrypted topic', () => {
    const rules = propertiesOf(pipeline, 'AWS::Events::Rule').map(({ EventPattern }) => EventPattern);
    expect(rules.map((pattern) => pattern['detail-type'][0])).toEqual([
      'Step Functions Execution Status Change',
      'Batch Job Queue Blocked',
      'Batch Job State Change',
    ]);
    const [{ Targets }] = propertiesOf(pipeline, 'AWS::Events::Rule').slice(-1);
    expect(JSON.stringify(Targets)).toMatch(/:log-group:",\{"Ref":"JobEventsLogs\w+"\}\]\]/);
    expect(rules[0].detail.status).toEqual(['FAILED', 'TIMED_OUT', 'ABORTED']);
    pipeline.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  });

  it('hears from services only, over TLS', () => {
    const [{ PolicyDocument }] = propertiesOf(pipeline, 'AWS::SNS::TopicPolicy');
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
    const services = ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com'];
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({ Action: 'sns:Publish', Principal: { Service: 'events.amazonaws.com' } }),
      expect.objectContaining({
        Action: 'sns:Publish',
        Principal: { Service: services },
        Condition: ofThisAccount,
      }),
    ]);
  });

  it('is alarmed by throttling, and by errors of stages that are not called again as planned', () => {
    pipeline.resourceCountIs('AWS::CloudWatch::Alarm', 3);
    pipeline.allResourcesProperties('AWS::CloudWatch::Alarm', {
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('Topic') }],
    });
    const [errors] = propertiesOf(pipeline, 'AWS::CloudWatch::Alarm').filter(({ AlarmDescription }) =>
      AlarmDescription.startsWith('Failed calls'),
    );
    const functions = JSON.stringify(errors.Metrics).match(/"Ref":"\w+"/g)!;
    expect(functions).toHaveLength(FUNCTION_NAMES.length - 2);
    expect(functions.join()).not.toMatch(/score|consult/);
  });

  it('is told when the cost of a month nears its budget: of all compute, or of what is tagged', () => {
    chosen.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { CostFilters: { TagKeyValue: ['user:Project$metis-rise'] } },
    });
    pipeline.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: {
        BudgetLimit: { Amount: 500, Unit: 'USD' },
        CostFilters: { Service: ['Amazon Elastic Compute Cloud - Compute'] },
      },
      NotificationsWithSubscribers: [80, 100].map((Threshold) =>
        Match.objectLike({ Notification: Match.objectLike({ Threshold }) }),
      ),
    });
  });

  it('sees reward, accuracy, tokens per second and cost on one dashboard', () => {
    const [{ DashboardBody }] = propertiesOf(pipeline, 'AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(DashboardBody);
    const [rollout, training] = [hourUsdOf('g6e.4xlarge', 'spot'), hourUsdOf('g6e.4xlarge', 'on-demand')];
    const costs = [`* ${rollout} as usd`, `* ${training} as usd`];
    for (const shown of ['meanReward', 'accuracy', 'tokensPerSecond', ...costs, 'alarms']) {
      expect(body).toContain(shown);
    }
    pipeline.hasOutput('RolloutHourUsd', { Value: String(rollout) });
    pipeline.hasOutput('TrainingHourUsd', { Value: String(training) });
  });
});
