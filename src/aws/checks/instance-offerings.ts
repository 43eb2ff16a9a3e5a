import type { EC2 } from '@aws-sdk/client-ec2';
import { services } from '../clients.ts';
import { type ChosenQueue, chosenQueues } from '../queues.ts';
import type { Check } from './check.ts';

/** Instance types by availability zone of a region. */
export type Offerings = ReadonlyMap<string, ReadonlySet<string>>;

/** What EC2 offers where; local zones, which are no part of a region's price list, are left out. */
export async function listOfferings(ec2: EC2, region: string): Promise<Offerings> {
  const { paginateDescribeInstanceTypeOfferings } = await import('@aws-sdk/client-ec2');
  const offerings = new Map<string, Set<string>>();
  for await (const page of paginateDescribeInstanceTypeOfferings(
    { client: ec2 },
    { LocationType: 'availability-zone' },
  )) {
    for (const { Location: zone, InstanceType: type } of page.InstanceTypeOfferings ?? []) {
      if (zone!.slice(0, -1) !== region) continue;
      offerings.set(zone!, (offerings.get(zone!) ?? new Set()).add(type!));
    }
  }
  return offerings;
}

/** Zones, by name, in which a queue can start instances. */
const zonesOf = ({ instanceTypes }: Pick<ChosenQueue, 'instanceTypes'>, offerings: Offerings): string[] =>
  [...offerings]
    .filter(([, types]) => instanceTypes.some((type) => types.has(type)))
    .map(([zone]) => zone)
    .sort();

/**
 * Zones for the subnets: those there are, in their order, then the others that offer something to a queue. A zone that
 * offers nothing any more stays: another order would replace subnets.
 */
export function extendZones(kept: readonly string[], queues: readonly ChosenQueue[], offerings: Offerings): string[] {
  const offering = [...new Set(queues.flatMap((queue) => zonesOf(queue, offerings)))].sort();
  return [...kept, ...offering.filter((zone) => !kept.includes(zone))];
}

/** Instances with a GPU of NVIDIA, by the first letter of their type; no list is kept here that grows old. */
const GPU_TYPE = /^(g|p)\d\w*\./;

/** What a region has instead: families with their sizes. */
export function describeGpuTypes(offerings: Offerings): string {
  const types = [...new Set([...offerings.values()].flatMap((zone) => [...zone]))].filter((type) =>
    GPU_TYPE.test(type),
  );
  if (types.length === 0) return 'no GPU instances at all';
  const families = Map.groupBy(types.sort(), (type) => type.split('.')[0]);
  return [...families]
    .map(([family, members]) => `${family} (${members.map((type) => type.split('.')[1]).join(', ')})`)
    .join(', ');
}

/** A queue for which the region has no instance, in words; undefined where it has. */
export function findUnoffered(queue: ChosenQueue, offerings: Offerings, region: string): string | undefined {
  if (zonesOf(queue, offerings).length > 0) return undefined;
  const { name, instanceTypes } = queue;
  return `${region} offers none of ${name}InstanceTypes ${instanceTypes.join(',')}; choose of ${describeGpuTypes(offerings)}, or another region`;
}

/** Where each queue finds its instances. */
export const checkOfferings: Check = async ({ choices, region }) => {
  const offerings = await listOfferings(await services.ec2(), region);
  return chosenQueues(choices).map((queue) => {
    const remedy = findUnoffered(queue, offerings, region);
    const zones = zonesOf(queue, offerings);
    const value = `${queue.instanceTypes.join(', ')}: ${zones.length === 0 ? 'in no zone' : zones.join(', ')}`;
    return { name: `${queue.name} instances`, value, ...(remedy && { remedy }) };
  });
};
