import { type AwsClients, services } from './clients.ts';
import { PIPELINE_STACK } from './deployment.ts';

/** Zones of the deployed subnets in the order that the stack has them; none where it has no subnets of its own. */
export async function findDeployedZones({ cloudFormation }: Pick<AwsClients, 'cloudFormation'>): Promise<string[]> {
  const { paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const subnets: { place: number; id: string }[] = [];
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: PIPELINE_STACK })) {
    for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of page.StackResourceSummaries ?? []) {
      const place = /Subnet(\d+)/.exec(LogicalResourceId ?? '')?.[1];
      if (ResourceType === 'AWS::EC2::Subnet' && place) subnets.push({ place: Number(place), id: PhysicalResourceId! });
    }
  }
  if (subnets.length === 0) return [];
  subnets.sort((left, right) => left.place - right.place);
  const ec2 = await services.ec2();
  const { Subnets = [] } = await ec2.describeSubnets({ SubnetIds: subnets.map(({ id }) => id) });
  const zoneOf = new Map(Subnets.map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]));
  return subnets.flatMap(({ id }) => zoneOf.get(id) ?? []);
}
