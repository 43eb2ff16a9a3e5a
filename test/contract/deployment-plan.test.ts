import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { connectToAws } from '../../src/aws/clients.ts';
import { planDeployment } from '../../src/aws/plan-deployment.ts';
import { deployStacks } from '../support/aws-deployment.ts';
import { describeWithMoto } from '../support/moto-server.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const contextFile = join(aTemporaryFolder(), 'cdk.context.json');

/** moto's table of offerings: g6e is in three zones of eu-central-1 and in none of eu-west-2. */
describeWithMoto('the plan of a deployment', () => {
  const plan = async (...context: string[]) => planDeployment(await connectToAws({}), { context, contextFile });
  const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];

  afterEach(() => rmSync(contextFile, { force: true }));

  it('has the zones that offer the instances, and the image of these sources', async () => {
    const { context, untold, findings } = await plan('rolloutSpot=false');
    expect(context).toEqual({
      rolloutSpot: 'false',
      availabilityZones: zones,
      imageTag: expect.stringMatching(/^sources-[0-9a-f]{12}$/),
    });
    expect(untold.map(({ name }) => name)).toEqual(['rolloutSpot', 'imageTag', 'availabilityZones']);
    expect(findings).toMatchObject([{ name: 'EC2 quotas', value: 'could not be asked' }]);
  });

  it('refuses instances that the region does not have, before anything is synthesised', async () => {
    process.env.AWS_REGION = 'eu-west-2';
    try {
      await expect(plan()).rejects.toThrow(
        /eu-west-2 offers none of rolloutInstanceTypes g6e\.4xlarge,.*choose of .*g5 \(/,
      );
    } finally {
      process.env.AWS_REGION = 'eu-central-1';
    }
  });

  it('refuses a choice that cannot be used, with what to give instead', async () => {
    await expect(plan('rolloutMaxVcpus=many')).rejects.toThrow(
      'context rolloutMaxVcpus is "many"; give a whole number',
    );
  });

  it('forgets nothing that is deployed or kept, and leaves zones in their order', async () => {
    const deployed = {
      notificationEmail: 'someone@example.com',
      availabilityZones: ['eu-central-1c'],
      network: 'isolated',
    };
    await deployStacks(`rise-${randomUUID()}`, { Choices: JSON.stringify(deployed) });
    writeFileSync(contextFile, JSON.stringify({ monthlyBudgetUsd: 100, network: 'public' }));
    const { context, changes } = await plan('imageTag=v2', 'network=isolated');
    expect(context).toEqual({
      notificationEmail: 'someone@example.com',
      availabilityZones: ['eu-central-1c', 'eu-central-1a', 'eu-central-1b'],
      monthlyBudgetUsd: 100,
      network: 'isolated',
      imageTag: 'v2',
    });
    expect(changes.map(({ name }) => name)).toEqual(['availabilityZones', 'monthlyBudgetUsd', 'imageTag']);
    const { context: forgetful } = await plan('notificationEmail=');
    expect(forgetful).not.toHaveProperty('notificationEmail');
  });

  it('goes ahead after a first deployment that failed', async () => {
    const cloudFormation = new CloudFormation({});
    await cloudFormation.deleteStack({ StackName: 'RisePipeline' });
    const Resources = { Topic: { Type: 'AWS::SNS::Topic' } };
    await cloudFormation.createStack({ StackName: 'RisePipeline', TemplateBody: JSON.stringify({ Resources }) });
    expect((await plan()).context.availabilityZones).toEqual(zones);
  });

  it('keeps the zones of a deployment from before it told its choices', async () => {
    const cloudFormation = new CloudFormation({});
    await cloudFormation.deleteStack({ StackName: 'RisePipeline' });
    const subnet = (zone: string, CidrBlock: string) => ({
      Type: 'AWS::EC2::Subnet',
      Properties: { VpcId: { Ref: 'Vpc' }, AvailabilityZone: zone, CidrBlock },
    });
    const Resources = {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
      NetworkVpcjobsSubnet2SubnetAB: subnet('eu-central-1a', '10.0.16.0/20'),
      NetworkVpcjobsSubnet1SubnetCD: subnet('eu-central-1b', '10.0.0.0/20'),
    };
    const Outputs = { StateMachineArn: { Value: 'any' } };
    await cloudFormation.createStack({
      StackName: 'RisePipeline',
      TemplateBody: JSON.stringify({ Resources, Outputs }),
    });
    expect((await plan()).context.availabilityZones).toEqual(['eu-central-1b', 'eu-central-1a', 'eu-central-1c']);
  });
});
