import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { ECR } from '@aws-sdk/client-ecr';
import { SNS } from '@aws-sdk/client-sns';
import { SSM } from '@aws-sdk/client-ssm';
import { checkStart } from '../../src/aws/check-start.ts';
import { readCostTag } from '../../src/aws/checks/cost-tag.ts';
import { examineAccount } from '../../src/aws/examine-account.ts';
import { withDeployment } from '../../src/aws/with-deployment.ts';
import type { Finding } from '../../src/base/finding.ts';
import { type AccountProxy, type Answer, startAccountProxy } from '../support/account-proxy.ts';
import { deployStacks } from '../support/aws-deployment.ts';
import { describeWithMoto } from '../support/moto-server.ts';
import { startRise } from '../support/rise-command.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const contextFile = join(aTemporaryFolder(), 'cdk.context.json');
const TAG = 'sources-0123456789ab';
const PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** As the services answer, from their references: what moto does not model. */
const quota = (vcpus: number) => (): Answer => ({ body: { Quota: { QuotaCode: 'any', Value: vcpus } } });
const concurrency = (limit: number) => (): Answer => ({ body: { AccountLimit: { ConcurrentExecutions: limit } } });
const costTag =
  (...statuses: string[]) =>
  (): Answer => ({
    body: { CostAllocationTags: statuses.map((Status) => ({ TagKey: 'Project', Type: 'UserDefined', Status })) },
  });
const refusal = (type: string, message: string) => (): Answer => ({
  status: 400,
  body: { __type: type, Message: message, message },
});
const launch = (status: string, message: string) => (): Answer => ({
  body: `<DescribeScalingActivitiesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
    <DescribeScalingActivitiesResult><Activities><member>
      <ActivityId>1</ActivityId><AutoScalingGroupName>AWSBatch-RolloutQueueCompute-1-asg-2</AutoScalingGroupName>
      <Cause>any</Cause><StartTime>${new Date().toISOString()}</StartTime>
      <StatusCode>${status}</StatusCode><StatusMessage>${message}</StatusMessage>
    </member></Activities></DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>`,
});
const subscriptions =
  (...arns: string[]) =>
  (): Answer => ({
    body: `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
    <ListSubscriptionsByTopicResult><Subscriptions>${arns
      .map(
        (arn) => `<member><Endpoint>someone@example.com</Endpoint><SubscriptionArn>${arn}</SubscriptionArn></member>`,
      )
      .join('')}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
  });

describeWithMoto('the checks of an account', (server) => {
  let proxy: AccountProxy;

  beforeAll(async () => {
    proxy = await startAccountProxy(server().endpoint);
    process.env.AWS_ENDPOINT_URL = proxy.endpoint;
  });
  afterAll(() => proxy.stop());

  /** Everything in order. */
  beforeEach(() => {
    proxy.answers.clear();
    proxy.answers.set('GetServiceQuota', quota(768));
    proxy.answers.set('GetAccountSettings', concurrency(1000));
    proxy.answers.set('ListCostAllocationTags', costTag('Active'));
  });

  const lacking = async (): Promise<Finding[]> =>
    (await examineAccount({}, contextFile)).filter(({ remedy }) => remedy !== undefined);

  it('begin with what a fresh account lacks: bootstrap, then the stacks', async () => {
    expect(await lacking()).toEqual([
      {
        name: 'CDK bootstrap',
        value: expect.stringContaining(PARAMETER),
        remedy: expect.stringMatching(/cdk bootstrap/),
      },
      { name: 'Stacks', value: 'not whole in eu-central-1 of this account', remedy: 'run rise deploy' },
    ]);
  });

  describe('with everything there', () => {
    const ssm = () => new SSM({});
    const ecr = () => new ECR({});
    const deploy = async (choices: Record<string, unknown>) => {
      await new CloudFormation({}).deleteStack({ StackName: 'RisePipeline' });
      await new CloudFormation({}).deleteStack({ StackName: 'RiseData' });
      const { TopicArn } = await new SNS({}).createTopic({ Name: 'notifications' });
      const outputs = { Choices: JSON.stringify({ imageTag: TAG, ...choices }), NotificationsTopicArn: TopicArn! };
      await deployStacks(`rise-${randomUUID()}`, outputs);
      return TopicArn!;
    };
    const pushImage = () => {
      const config = { mediaType: 'any', size: 1, digest: `sha256:${'0'.repeat(64)}` };
      const imageManifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config,
        layers: [],
      });
      return ecr().putImage({ repositoryName: 'worker', imageTag: TAG, imageManifest });
    };

    beforeAll(async () => {
      await ssm().putParameter({ Name: PARAMETER, Value: '30', Type: 'String' });
      await ecr().createRepository({ repositoryName: 'worker' });
      await pushImage();
      const TopicArn = await deploy({ budgetScope: 'tag' });
      await new SNS({}).subscribe({ TopicArn, Protocol: 'email', Endpoint: 'someone@example.com' });
    });

    it('find nothing lacking, as text and as JSON', async () => {
      const { code, stdout, stderr } = await startRise(['doctor', '--aws', '--json']).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { ready, findings } = JSON.parse(stdout);
      expect(ready).toBe(true);
      expect(findings.map(({ name }: Finding) => name)).toEqual([
        'Credentials',
        'CDK bootstrap',
        'rollout instances',
        'training instances',
        'All G and VT Spot Instance Requests',
        'Running On-Demand G and VT instances',
        'Lambda concurrency',
        'Stacks',
        'Worker image',
        'Notifications',
        'Cost tag',
        'Last launch',
      ]);
      expect(findings[2].value).toBe('g6e.4xlarge, g6e.8xlarge: eu-central-1a, eu-central-1b, eu-central-1c');
    });

    it.each<[string, string, () => Answer, Partial<Finding>]>([
      [
        'a quota of 0',
        'GetServiceQuota',
        quota(0),
        {
          name: 'All G and VT Spot Instance Requests',
          value: '0 vCPUs, the queues take up to 128',
          remedy: expect.stringMatching(
            /^no job starts on such instances; .* --quota-code L-3819A6DF --desired-value 128 --region eu-central-1$/,
          ),
        },
      ],
      [
        'a quota for some of the jobs',
        'GetServiceQuota',
        quota(100),
        { name: 'All G and VT Spot Instance Requests', remedy: expect.stringMatching(/^fewer jobs run at once/) },
      ],
      [
        'quotas that may not be looked at',
        'GetServiceQuota',
        refusal('AccessDeniedException', 'no identity-based policy allows servicequotas:GetServiceQuota'),
        {
          name: 'EC2 quotas',
          value: 'could not be asked',
          remedy: expect.stringMatching(/^AWS denies access .*GetServiceQuota/),
        },
      ],
      [
        "a new account's concurrency",
        'GetAccountSettings',
        concurrency(10),
        {
          name: 'Lambda concurrency',
          value: '10, a run takes up to 110',
          remedy: expect.stringContaining('L-B99A9384'),
        },
      ],
      ['nobody subscribed', 'ListSubscriptionsByTopic', subscriptions(), { name: 'Notifications', value: 'nobody' }],
      [
        'a subscription that waits',
        'ListSubscriptionsByTopic',
        subscriptions('PendingConfirmation'),
        {
          name: 'Notifications',
          value: 'someone@example.com (not confirmed)',
          remedy: expect.stringMatching(/^follow the link/),
        },
      ],
      [
        'a cost tag that is not active',
        'ListCostAllocationTags',
        costTag('Inactive'),
        { name: 'Cost tag', remedy: expect.stringContaining('TagKey=Project,Status=Active') },
      ],
      [
        'a cost tag that billing has not seen',
        'ListCostAllocationTags',
        costTag(),
        { name: 'Cost tag', value: 'Project is not known to billing yet' },
      ],
      [
        'launches that fail',
        'DescribeScalingActivities',
        launch('Failed', 'You have requested more vCPU capacity than your current vCPU limit of 0 allows'),
        { name: 'Last launch', remedy: expect.stringContaining('vCPU limit of 0') },
      ],
    ])('tell %s', async (_, operation, answer, finding) => {
      proxy.answers.set(operation, answer);
      expect((await lacking())[0]).toMatchObject(finding);
    });

    it('do without the cost tag where the budget does', () => {
      expect(readCostTag('Inactive', 'compute')).toEqual({
        name: 'Cost tag',
        value: expect.stringContaining('does without'),
      });
    });

    it('leave the cost tag to the management account of an organisation', async () => {
      const message =
        "Failed to list Cost Allocation Tags: Linked account doesn't have access to cost allocation tags.";
      proxy.answers.set('ListCostAllocationTags', refusal('AccessDeniedException', message));
      const tag = (await examineAccount({}, contextFile)).find(({ name }) => name === 'Cost tag');
      expect(tag).toEqual({ name: 'Cost tag', value: expect.stringContaining('management account activates Project') });
    });

    it('tell an image that is not in the repository, and refuse to start a run', async () => {
      await ecr().batchDeleteImage({ repositoryName: 'worker', imageIds: [{ imageTag: TAG }] });
      expect(await lacking()).toEqual([
        {
          name: 'Worker image',
          value: `${TAG} is not in the repository`,
          remedy: expect.stringMatching(/^run rise image/),
        },
      ]);
      await expect(withDeployment({}, (context) => checkStart(context, {}, () => {}))).rejects.toThrow(
        `Worker image: ${TAG} is not in the repository; run rise image`,
      );
      await pushImage();
    });

    it('refuse a run that would start from another image than the chosen one, and take its digest for its tag', async () => {
      const { imageDetails } = await ecr().describeImages({ repositoryName: 'worker', imageIds: [{ imageTag: TAG }] });
      const start = (imageTag: string) => withDeployment({}, (context) => checkStart(context, { imageTag }, () => {}));
      await start(imageDetails![0].imageDigest!);
      const other = `sha256:${'1'.repeat(64)}`;
      await expect(start(other)).rejects.toThrow(
        `Worker image: the stack names ${TAG}, ${imageDetails![0].imageDigest}, this checkout has chosen ${other}; run rise deploy`,
      );
      writeFileSync(contextFile, JSON.stringify({ imageTag: other }));
      expect(await lacking()).toMatchObject([
        { name: 'Worker image', remedy: expect.stringMatching(/^run rise deploy/) },
      ]);
      rmSync(contextFile);
    });

    it('refuse a run none of whose jobs could start, and tell of one that will be slower', async () => {
      const told: Finding[] = [];
      const start = () => withDeployment({}, (context) => checkStart(context, {}, (finding) => told.push(finding)));
      proxy.answers.set('GetServiceQuota', quota(0));
      await expect(start()).rejects.toThrow(/All G and VT Spot Instance Requests: 0 vCPUs.*no job starts/);
      proxy.answers.set('GetServiceQuota', quota(64));
      await start();
      expect(told).toMatchObject([{ name: 'All G and VT Spot Instance Requests' }]);
    });

    it('tell a region that lacks the instances, and what it has', async () => {
      await deploy({ rolloutInstanceTypes: ['p5.48xlarge'] });
      expect((await lacking())[0]).toEqual({
        name: 'rollout instances',
        value: 'p5.48xlarge: in no zone',
        remedy: expect.stringMatching(/eu-central-1 offers none of .*choose of g4dn \(.*g6e \(.*4xlarge/),
      });
    });

    it('tell nothing but the credentials where those do not hold', async () => {
      proxy.answers.set('GetCallerIdentity', () => ({
        status: 403,
        body: `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>
          <Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>`,
      }));
      expect(await examineAccount({}, contextFile)).toEqual([
        {
          name: 'Credentials',
          value: 'could not be asked',
          remedy: expect.stringMatching(/^No valid AWS credentials/),
        },
      ]);
    });
  });
});
